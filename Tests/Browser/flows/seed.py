"""The seed's way in: /admin/oauth/login, log in, choose shop and level, go back with every value."""

from urllib.parse import urlencode, urlsplit

from receiver import Receiver

STATE = "a b&c=ø"


def ask(receiver):
    redirect = receiver.callback + "?from=erp"
    return "/admin/oauth/login?" + urlencode({"client_id": "Min ERP", "redirect_uri": redirect, "state": STATE})


def let_in(world, visits, script):
    """Goes all the way twice: once to allow, once to refuse."""
    visit, looks, user = visits.begin(script=script), script, world.anna
    with Receiver() as receiver:
        visit.hosts.add(urlsplit(receiver.origin).netloc)
        visit.go(ask(receiver))
        if looks:
            visit.look("login", "for-a-program")
        visit.log_in(user)
        visit.sees("Let Min ERP in?", "not registered here", "127.0.0.1")
        if looks:
            visit.look("consent", "unregistered")
            visit.fill(password="not the password")
            visit.press("Allow")
            visit.sees("The password is wrong.")
            visits.expect(receiver.came == [], f"a wrong password let it in: {receiver.came}")
            visit.look("consent", "wrong")
        visit.page.get_by_label("Shop", exact=True).select_option(label="Rødt & Hvidt <Aarhus> (owner)")
        visit.page.get_by_label("write:").check()
        visit.fill(password=user.password)
        visit.press("Allow")
        came = receiver.came[0]
        token = came.pop("token", "")
        expected = {
            "from": "erp", "shop_url": urlsplit(world.base).hostname, "shop_name": "Rødt & Hvidt <Aarhus>",
            "api_endpoint": world.base + "/REST", "webshop_id": world.shops[1], "access_level": "write", "currency": "DKK",
            "vat": "25", "prices_include_vat": "1", "state": STATE,
        }
        visits.expect(came == expected, f"came back with {came} instead of {expected}")
        visits.expect(receiver.referer is None, f"told where it came from: {receiver.referer}")
        listed = world.products(token)
        visits.expect(listed == (200, ["Rød kop"]), f"the token lists {listed}")
        visit.go(ask(receiver))
        visit.press("Refuse")
        visits.expect(
            receiver.came[1:] == [{"from": "erp", "error": "access_denied", "state": STATE}], f"refused with {receiver.came[1:]}")


def with_script(world, visits):
    let_in(world, visits, script=True)


def without_script(world, visits):
    let_in(world, visits, script=False)


FLOWS = {"seed": with_script, "seed without script": without_script}
