"""What another site tries with the browser of somebody who has logged in."""

from urllib.parse import urlencode, urlsplit

from receiver import Receiver


def ask(receiver):
    return "/admin/oauth/login?" + urlencode({"client_id": "Evil", "redirect_uri": receiver.callback, "state": "s"})


def frame(world, visits):
    visit = visits.begin(world.anna)
    with Receiver() as site:
        visit.hosts.add(urlsplit(site.origin).netloc)
        site.pages["/frame"] = f'<!doctype html><title>Win</title><iframe src="{world.base}{ask(site)}"></iframe>'
        visit.go(site.origin + "/frame")
        visits.expect(visit.take_fault("frame"), "Chromium did not complain")
        inside = visit.page.frames[1]
        visits.expect(inside.locator("form").count() == 0, f"the page shows in a frame: {inside.url}")


def forged(world, visits):
    """Another port is the same site to SameSite, so the cookie goes along, and only the form token is missing."""
    visit = visits.begin(world.anna)
    with Receiver() as site:
        visit.hosts.add(urlsplit(site.origin).netloc)
        fields = {"shop": world.shops[0], "level": "write", "password": world.anna.password, "decision": "allow", "csrf": "", "once": ""}
        inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
        for path, action in [("/consent", ask(site)), ("/end", "/admin/account/sessions/end"), ("/logout", "/admin/logout")]:
            form = f'<form method="post" action="{world.base}{action}">{inputs}<button>Win</button></form>'
            site.pages[path] = "<!doctype html><title>Win</title>" + form
            visit.go(site.origin + path)
            with visit.page.expect_navigation() as sent:
                visit.page.get_by_role("button", name="Win").click()
            answer = sent.value
            visits.expect(answer.status == 403, f"{action} was done for another site: {answer.status} {answer.url}")
            visits.expect("butik_session=" in answer.request.all_headers().get("cookie", ""), "the cookie was not sent")
        visits.expect(site.came == [], f"a forged consent gave {site.came}")
        visit.go("/admin/account")
        visit.sees(world.anna.email)


FLOWS = {"framed": frame, "forged": forged}
