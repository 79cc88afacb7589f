"""What owners do for their shops, and platform users for the server."""

import time


def token(world, visits):
    """Made, shown once, used, seen in its use, limited, and revoked."""
    visit = visits.begin(world.anna)
    visit.go(f"/admin/tokens/new?shop={world.shops[0]}")
    visit.fill(name="Kasse <1>")
    visit.page.get_by_label("Level").select_option("write")
    visit.press("Make it")
    visit.look("token_made")
    made = visit.page.locator("code.secret").inner_text()
    visits.expect(world.products(made) == (200, ["Blå sko"]), "the token lists something else")
    visit.press("I have copied it")
    visits.expect(made not in visit.page.content(), "the token is shown twice")
    deadline = time.monotonic() + 30
    while "/REST/product" not in visit.words and time.monotonic() < deadline:
        visit.page.reload()
    visit.sees("/REST/product")
    visit.look("token")
    for summary in visit.page.locator("summary").all():
        summary.click()
    visit.look("token", "opened")
    visit.fill(burst="7")
    visit.press("Save")
    visit.sees("Saved.")
    visit.fill(origins="nowhere")
    visit.press("Save")
    visit.sees("must be like https://")
    visit.look("token", "wrong")
    visit.press("Revoke", exact=False)
    visits.expect(world.products(made)[0] == 401, "a revoked token still lists")


def mail(world, visits):
    visit = visits.begin(world.anna)
    visit.go(f"/admin/mails?shop={world.shops[0]}")
    with visit.page.expect_navigation():
        visit.page.locator("td a").first.click()
    visit.sees("kunde@example.com")
    visit.look("mail")


def client(world, visits):
    visit = visits.begin(world.bo)
    visit.go("/admin/clients")
    visit.fill(name="Kasse & Co", redirect_uris="nowhere")
    visit.press("Register")
    visit.sees("must begin with https://")
    visit.look("clients", "wrong")
    visit.fill(redirect_uris="https://kasse.example/back")
    visit.press("Register")
    visit.sees("butik_cs_")
    visit.look("client_made")
    visit.press("I have copied it")
    visit.press("Remove Kasse & Co")
    visits.expect("kasse.example" not in visit.words, "a removed client is still there")


def webhook(world, visits):
    """Made, its secret shown once, tried out at a host that is not there, changed, and removed."""
    visit = visits.begin(world.anna)
    visit.go(f"/admin/webhooks/new?shop={world.shops[0]}")
    visit.fill(name="ERP <1>", url="http://hooks.example/butik")
    visit.press("Make it")
    visit.sees("must begin with https://")
    visit.sees("must name a topic at least")
    visit.look("webhook_new", "wrong")
    visit.fill(url="https://hooks.invalid/butik")
    visit.page.get_by_label("order_created").check()
    visit.press("Make it")
    visit.look("webhook_made")
    secret = visit.page.locator("code.secret").inner_text()
    visits.expect(secret.startswith("whsec_"), f"{secret} is no secret")
    visit.press("I have copied it")
    visits.expect(secret not in visit.page.content(), "the secret is shown twice")
    visit.press("Send a ping")
    deadline = time.monotonic() + 30
    while "could not be reached" not in visit.words and time.monotonic() < deadline:
        visit.page.reload()
    visit.sees("could not be reached")
    visit.look("webhook_delivery")
    with visit.page.expect_navigation():
        visit.page.locator("dd a").first.click()
    visit.sees("Nothing has got through since")
    visit.look("webhook")
    visit.page.get_by_label("paid").check()
    visit.press("Save")
    visit.sees("Saved.")
    visit.press("Remove for good")
    visit.sees("Addresses that are told")


FLOWS = {"token": token, "mail": mail, "client": client, "webhook": webhook}
