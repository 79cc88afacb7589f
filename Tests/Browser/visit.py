"""Somebody in front of a browser, whom nothing escapes: errors of the console, broken answers, requests to other hosts."""

import os
import re
from urllib.parse import urlsplit

import accessibility

TEMPLATES = os.path.join(os.path.dirname(__file__), "../../Seeds/console")
WINDOW = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


class Visits:
    """What a flow opens, and what it found."""

    def __init__(self, flow, world, browser):
        self.flow, self.world, self.browser = flow, world, browser
        self.problems, self.looks, self.open = [], [], []

    def begin(self, user=None, script=True):
        """A browser of somebody who has logged in, or of nobody. Without script: as one that has it turned off."""
        visit = Visit(self, self.browser.new_context(viewport=WINDOW, java_script_enabled=script, reduced_motion="reduce"))
        self.open.append(visit)
        if user:
            visit.know(user)
        return visit

    def shoot_all(self, name):
        for number, visit in enumerate(self.open):
            visit.shoot(f"{self.flow.replace(' ', '-')}-{name}-{number}")

    def close(self):
        for visit in self.open:
            self.problems += visit.faults
            visit.context.close()

    def expect(self, is_so, words):
        """Notes what is not as it should be, and goes on."""
        if not is_so:
            self.problems.append(words)


class Visit:
    def __init__(self, visits, context):
        self.visits, self.world, self.context = visits, visits.world, context
        self.hosts, self.faults, self.posts = {urlsplit(self.world.base).netloc}, [], []
        context.set_default_timeout(20_000)
        context.on("request", self.asked)
        context.on("response", self.answered)
        context.on("console", self.said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        self.page = context.new_page()

    def asked(self, request):
        if request.method == "POST":
            self.posts.append(request)
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc not in self.hosts:
            self.faults.append(f"asked another host: {request.url}")

    def answered(self, answer):
        # A page may say that something is wrong; what it is made of is there, and nothing breaks.
        is_page = answer.request.is_navigation_request()
        if answer.status >= (500 if is_page else 400):
            self.faults.append(f"{answer.status} from {answer.url}")

    def said(self, message):
        # Answers are judged above, all of them.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def take_fault(self, words):
        """Whether the browser complained in these words, which a flow counts on."""
        found = [fault for fault in self.faults if words in fault]
        self.faults = [fault for fault in self.faults if words not in fault]
        return bool(found)

    def go(self, path):
        """Opens a path of the server, or another address that is allowed from now on."""
        address = path if "://" in path else self.world.base + path
        self.hosts.add(urlsplit(address).netloc)
        return self.page.goto(address)

    def fill(self, **fields):
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:visible").fill(value)

    def press(self, words, exact=True):
        """Presses a button or follows a link, and waits for the page it leads to."""
        target = self.page.get_by_role("button", name=words, exact=exact).or_(
            self.page.get_by_role("link", name=words, exact=exact))
        with self.page.expect_navigation():
            target.click()

    def know(self, user):
        """Has the cookies of a user, who logs in the first time."""
        cookies = self.world.cookies
        if user.email not in cookies:
            self.go("/admin")
            self.log_in(user)
            cookies[user.email] = self.context.cookies()
        self.context.add_cookies(cookies[user.email])

    def log_in(self, user):
        self.fill(email=user.email, password=user.password)
        self.press("Log in")

    @property
    def words(self):
        return self.page.locator("main").inner_text()

    def sees(self, *parts):
        for part in parts:
            self.visits.expect(part in self.words, f"{self.page.url} does not say “{part}”: {self.words}")

    def shoot(self, name):
        self.page.screenshot(path=os.path.join(self.world.shots, name + ".png"), full_page=True)

    def shows(self, template):
        """Whether it is this page and no other, by the title that the template gives it."""
        with open(os.path.join(TEMPLATES, template + ".mustache")) as file:
            title = file.read().split("{{$title}}")[1].split("{{/title}}")[0]
        pattern = ".+".join(map(re.escape, re.split(r"\{\{.*?\}\}", title))) + " · Butik"
        shown = self.page.title()
        return [] if re.fullmatch(pattern, shown) else [f"{self.page.url} is another page: {shown}"]

    def look(self, template, note=""):
        """Judges the page as it stands, in light, dark and on a phone, and keeps a picture of each.

        template: which one of Seeds/console it is; note: tells two of its states apart."""
        name = template + (f"-{note}" if note else "")
        self.visits.looks.append(template)
        found = self.shows(template) + accessibility.structure(self.page)
        for look, scheme, size in [("light", "light", WINDOW), ("dark", "dark", WINDOW), ("phone", "light", PHONE)]:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size(size)
            self.shoot(f"{name}-{look}")
            found += [f"{problem} ({look})" for problem in accessibility.rules(self.page)]
        found += accessibility.width(self.page) + accessibility.words(self.page)
        self.page.set_viewport_size(WINDOW)
        found += accessibility.keyboard(self.page)
        self.visits.problems += [f"{name}: {problem}" for problem in found]
