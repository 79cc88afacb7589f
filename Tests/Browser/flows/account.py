"""Looking after one's own account: second factor, recovery codes, sessions, passwords, and going for good."""

import base64
import hashlib
import hmac
import struct
import time

from world import User


def totp(secret, steps=0):
    """The code of an authenticator app (RFC 6238), some steps of 30 seconds from now."""
    step = struct.pack(">Q", int(time.time()) // 30 + steps)
    mac = hmac.new(base64.b32decode(secret), step, hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def second_factor(world, visits):
    user, visit = world.user("factor", world.shops[0]), visits.begin()
    visit.go("/admin")
    visit.log_in(user)
    visit.go("/admin/account")
    visit.press("Turn it on")
    visit.sees("Second factor")
    visit.look("second_factor")
    secret = visit.page.locator("dd code").first.inner_text()
    visit.fill(code="000000" if totp(secret) != "000000" else "111111")
    visit.press("Turn it on")
    visit.sees("does not belong to the secret")
    visits.expect(visit.page.locator("dd code").first.inner_text() == secret, "another secret after a wrong code")
    visit.fill(code=totp(secret))
    visit.press("Turn it on")
    visit.sees("Recovery codes")
    visit.look("recovery_codes")
    codes = visit.page.locator(".codes code").all_inner_texts()
    visits.expect(len(codes) == 10, f"{len(codes)} recovery codes")
    visit.press("I have kept them")
    visit.sees("10 recovery codes are left")
    visit.look("account", "with-second-factor")
    used = totp(secret, 1)
    with_code(visits.begin(), user, used, look=True)
    other = visits.begin()
    with_code(other, user, codes[0])
    other.go("/admin/account")
    other.sees("9 recovery codes are left")
    with_code(visits.begin(), user, used, is_good=False)
    other.press("Turn it off")
    other.sees("With it, a password alone lets nobody in.")


def with_code(visit, user, code, is_good=True, look=False):
    """Logs in with a code, which the page asks for in the place of the one that was asked for."""
    visit.go("/admin/account")
    visit.log_in(user)
    visit.visits.expect(user.email not in visit.words, "the password alone shows the account")
    if look:
        visit.look("code")
    visit.fill(code=code)
    visit.press("Go on")
    visit.sees(user.email if is_good else "This code is wrong, or too old.")


def confirm(world, visits):
    """The password once more. A page asks for it by itself ten minutes after the log-in; here its form is sent right away."""
    user, visit = world.anna, visits.begin()
    visit.go("/admin/account")
    visit.log_in(user)
    with visit.page.expect_navigation():
        visit.page.evaluate("""() => {
            const form = document.querySelector('form[action="/admin/account/sessions/end"]');
            form.action = '/admin/confirm';
            form.insertAdjacentHTML('beforeend', '<input name=next value="/admin/account">');
            form.submit();
        }""")
    visit.sees("Password or code is wrong.")
    visit.look("confirm")
    visit.fill(password=user.password)
    visit.press("Go on")
    visit.sees(user.email)


def sessions(world, visits):
    """Two browsers: one ends the other's session, and a new password ends it again."""
    user, here, there = world.user("sessions", world.shops[0]), visits.begin(), visits.begin()
    for visit in (here, there):
        visit.go("/admin/account")
        visit.log_in(user)
    here.page.reload()
    here.press("End the session", exact=False)
    there.page.reload()
    there.sees("Log in")
    there.log_in(user)
    here.go("/admin/account")
    here.fill(old=user.password, new="en anden lang sætning")
    here.press("Change it")
    here.sees("Your password is changed")
    here.look("message", "password-changed")
    there.page.reload()
    there.sees("Log in")
    there.log_in(user)
    there.sees("Address or password is wrong.")
    there.look("login", "wrong")
    there.log_in(User(user.email, "en anden lang sætning"))
    there.go("/admin/account")
    there.sees(user.email)


def log_out(world, visits):
    """After the log-out, no page of before comes back by the Back button."""
    user, visit = world.anna, visits.begin()
    visit.go("/admin")
    visit.log_in(user)
    for path in ("/admin/shops", "/admin/account"):
        visit.go(path)
    visit.press("Log out")
    visit.sees("Log in")
    for _ in range(3):
        visit.page.go_back()
        shown = visit.page.content()
        visits.expect(user.email not in shown, f"Back shows {visit.page.url} after the log-out")
    cookies = {cookie["name"]: cookie for cookie in visit.context.cookies()}
    kept = cookies["butik_session"]
    visits.expect(kept["httpOnly"] and kept["sameSite"] == "Lax" and kept["expires"] == -1, f"the cookie is {kept}")


def forgotten(world, visits):
    user, visit = world.user("forgetful", world.shops[0]), visits.begin()
    visit.go("/admin")
    visit.press("Forgot your password?")
    visit.fill(email=user.email)
    visit.press("Send me a link")
    visit.sees("Look into your mail")
    visit.look("message", "look-into-your-mail")
    link = world.link(user, "/admin/reset")
    visit.go(link)
    visit.look("reset")
    visit.fill(password="password1234")
    visit.press("Set it")
    visit.sees("one of the first that anybody tries")
    visit.fill(password="en tredje lang sætning")
    visit.press("Set it")
    visit.sees("Your password is changed")
    visit.go(link)
    visit.sees("This link works no longer")
    visit.go("/admin/account")
    visit.log_in(User(user.email, "en tredje lang sætning"))
    visit.sees(user.email)


def invited(world, visits):
    new, visit = User("new@example.com", "en fjerde lang sætning"), visits.begin()
    world.butik("user", "invite", new.email, "--shop", world.shops[1], "--role", "staff")
    link = world.link(new, "/admin/invitation")
    visit.go(link)
    visit.sees("Rødt & Hvidt <Aarhus>", "staff", new.email)
    visit.look("invitation")
    visit.fill(name="Ny", password=new.password)
    visit.press("Accept")
    visit.sees("You are in")
    visit.press("Go on")
    visit.log_in(new)
    visit.sees("Rødt & Hvidt <Aarhus>", "staff")
    visit.go(link)
    visit.sees("works no longer")


FLOWS = {
    "second factor": second_factor, "confirm": confirm, "sessions": sessions, "log-out": log_out,
    "forgotten password": forgotten, "invitation": invited,
}
