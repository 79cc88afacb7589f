"""OAuth 2.1 with Authlib as the program and Chromium as the browser."""

import os
from urllib.parse import urlencode, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # A server of tests has no TLS.

from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from receiver import Receiver


class Program:
    def __init__(self, world, receiver):
        self.base = world.base
        self.id, self.secret = world.client("Lager & Co", "http://127.0.0.1/callback")
        self.redirect = receiver.callback

    @property
    def session(self):
        return OAuth2Session(
            self.id, self.secret, scope="write", redirect_uri=self.redirect, code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic", revocation_endpoint_auth_method="client_secret_basic")

    def ask(self):
        self.verifier = generate_token(64)
        url, self.state = self.session.create_authorization_url(self.base + "/oauth/authorize", code_verifier=self.verifier)
        return url

    def fetch(self, receiver):
        return self.session.fetch_token(
            self.base + "/oauth/token", authorization_response=self.redirect + "?" + urlencode(receiver.came[-1]),
            state=self.state, code_verifier=self.verifier)


def code(world, visits):
    visit = visits.begin()
    with Receiver() as receiver:
        visit.hosts.add(urlsplit(receiver.origin).netloc)
        program = Program(world, receiver)
        visit.go(program.ask())
        visit.log_in(world.anna)
        visit.sees("Let Lager & Co in?", "127.0.0.1")
        visits.expect("not registered" not in visit.words, "a registered client is said to be none")
        visit.look("consent", "registered")
        visit.page.get_by_label("Shop", exact=True).select_option(world.shops[0])
        visit.page.get_by_label("write:").check()
        visit.press("Allow")
        # Pages send no referrer, so Chromium sends no origin either: the form token alone tells that the form is ours.
        origin = visit.posts[-1].all_headers().get("origin")
        visits.expect(origin == "null", f"the form was sent with the origin {origin}")
        visits.expect(receiver.came[0].get("iss") == world.base, f"came back with {receiver.came}")
        token = program.fetch(receiver)
        visits.expect(token["access_level"] == "write" and token["webshop_id"] == int(world.shops[0]), f"gave {token}")
        listed = world.products(token["access_token"])
        visits.expect(listed == (200, ["Blå sko"]), f"the token lists {listed}")
        renewed = program.session.refresh_token(world.base + "/oauth/token", refresh_token=token["refresh_token"])
        visits.expect(world.products(renewed["access_token"])[0] == 200, "the renewed token lists nothing")
        program.session.revoke_token(world.base + "/oauth/revoke", renewed["refresh_token"], "refresh_token")
        visits.expect(world.products(renewed["access_token"])[0] == 401, "a revoked token still lists")
        try:
            program.fetch(receiver)
            visits.expect(False, "a code was taken twice")
        except OAuthError as refused:
            visits.expect(refused.error == "invalid_grant", f"a code of old: {refused.error}")
        visit.go(program.ask())
        visit.press("Refuse")
        refused = receiver.came[-1]
        visits.expect(
            (refused.get("error"), refused.get("state")) == ("access_denied", program.state), f"refused with {refused}")


def policy(world, visits):
    """Were the client's origin missing in form-action, Chromium would stop the answer: so it does look at redirects."""
    visit = visits.begin(world.anna)

    def narrow(route):
        if route.request.method != "GET":
            return route.continue_()
        answer = route.fetch()
        headers = dict(answer.headers)
        headers["content-security-policy"] = "form-action 'self'"
        route.fulfill(response=answer, headers=headers)

    with Receiver() as receiver:
        visit.hosts.add(urlsplit(receiver.origin).netloc)
        visit.context.route(lambda url: "/admin/oauth/authorize" in url, narrow)
        # Straight to where /oauth/authorize leads: what follows a redirect can't be changed here.
        visit.go(Program(world, receiver).ask().replace("/oauth/", "/admin/oauth/"))
        with visit.page.expect_event("console", lambda said: "form-action" in said.text):
            visit.page.get_by_role("button", name="Allow").click()
        visits.expect(visit.take_fault("form-action"), "Chromium did not complain")
        visits.expect(receiver.came == [], f"Chromium let the answer through: {receiver.came}")


FLOWS = {"oauth": code, "form-action": policy}
