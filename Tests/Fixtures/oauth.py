"""A client of OAuth 2.1 as others write one, with Authlib: it finds the server's addresses, asks for consent twice, and then does
with the codes all that a client can. Each step prints a line of JSON.

    oauth.py ask BASE CLIENT METHOD REDIRECT [SECRET]
    oauth.py use BASE CLIENT METHOD REDIRECT [SECRET] < the lines of `ask`, each with the `location` that the browser was sent to
"""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # A server of tests has no TLS.

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

step, base, client, method, redirect = sys.argv[1:6]
secret = sys.argv[6] if len(sys.argv) > 6 else None

known = requests.get(base + get_well_known_url("https://any.example")).json()
# It stands for a server behind TLS, as the metadata of every real one does.
AuthorizationServerMetadata(json.loads(json.dumps(known).replace("http://", "https://"))).validate()


def place(name):
    return base + known[name + "_endpoint"].removeprefix(known["issuer"])


def session(**more):
    return OAuth2Session(
        client, secret, scope="write", redirect_uri=redirect, token_endpoint_auth_method=method,
        code_challenge_method="S256", revocation_endpoint_auth_method=method, **more)


def refusal(call):
    try:
        call()
    except OAuthError as error:
        return error.error
    return "none"


def tell(**facts):
    print(json.dumps(facts))


def fetch(oauth, asked):
    said = parse_qs(urlsplit(asked["location"]).query)
    assert said["iss"] == [known["issuer"]], said
    return oauth.fetch_token(
        place("token"), authorization_response=asked["location"], state=asked["state"], code_verifier=asked["verifier"])


def lists_products(token):
    answer = requests.get(base + "/REST/product", headers={"Authorization": "Bearer " + token["access_token"]})
    return answer.status_code


def ask():
    for _ in range(2):
        verifier = generate_token(64)
        url, state = session().create_authorization_url(known["authorization_endpoint"], code_verifier=verifier)
        tell(url=url, state=state, verifier=verifier)


def use():
    first, second = [json.loads(line) for line in sys.stdin]
    oauth = session()
    token = fetch(oauth, first)
    tell(step="code", status=oauth.get(base + "/REST/product").status_code, token_type=token["token_type"],
         scope=token["scope"], shop=token["webshop_id"], expires_in=token["expires_in"])
    renewed = session().refresh_token(place("token"), refresh_token=token["refresh_token"])
    tell(step="refresh", status=lists_products(renewed), is_new=renewed["refresh_token"] != token["refresh_token"])
    again = refusal(lambda: session().refresh_token(place("token"), refresh_token=token["refresh_token"]))
    tell(step="reuse", error=again, status=lists_products(renewed),
         error_of_next=refusal(lambda: session().refresh_token(place("token"), refresh_token=renewed["refresh_token"])))
    tell(step="replay", error=refusal(lambda: fetch(session(), first)))
    token = fetch(session(), second)
    asked = session().introspect_token(place("introspection"), token["access_token"], "access_token")
    tell(step="introspect", status=asked.status_code, active=asked.json().get("active"))
    revoked = session().revoke_token(place("revocation"), token["refresh_token"], "refresh_token")
    asked = session().introspect_token(place("introspection"), token["access_token"])
    tell(step="revoke", status=revoked.status_code, call=lists_products(token), active=asked.json().get("active"))


{"ask": ask, "use": use}[step]()
