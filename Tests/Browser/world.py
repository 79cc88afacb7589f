"""The server under test with two shops, and the means to make users, clients and tokens of a flow's own."""

import json
import os
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field

PASSWORD = "en lang sætning om sko"


@dataclass
class User:
    email: str
    password: str = PASSWORD


@dataclass
class World:
    base: str
    command: list
    mails: str
    shots: str
    shops: list
    users: dict = field(default_factory=dict)
    # Cookies of who has logged in once, by address: a log-in takes a second, and most flows are about something else.
    cookies: dict = field(default_factory=dict)

    def butik(self, *arguments, given=""):
        """Runs a command of butik to its end and answers what it printed."""
        command = [self.command[0], *arguments, *self.command[1:]]
        # Mails that a command queues itself, as it does on Postgres, have links to the server too.
        environment = {**os.environ, "BUTIK_PUBLIC_URL": self.base}
        ended = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, env=environment)
        assert ended.returncode == 0, f"butik {arguments}: {ended.stderr}"
        return ended.stdout

    def user(self, name, *shops, role="owner", platform=False):
        """A user of these shops, made when first asked for."""
        if name not in self.users:
            email = f"{name}@example.com"
            more = ["--platform"] if platform else []
            self.butik("user", "create", email, "--password-stdin", *more, given=PASSWORD + "\n")
            for shop in shops:
                self.butik("user", "role", email, "--shop", shop, "--role", role)
            self.users[name] = User(email)
        return self.users[name]

    @property
    def anna(self):
        """Who owns both shops. Flows that change an account have a user of their own."""
        return self.user("anna", *self.shops)

    @property
    def bo(self):
        """Who looks after the server."""
        return self.user("bo", platform=True)

    def client(self, name, redirect):
        """A registered client as (id, secret)."""
        said = self.butik("app", "client", "create", name, "--redirect-uri", redirect, "--max-level", "write")
        lines = dict(line.split(": ", 1) for line in said.splitlines())
        return lines["client_id"], lines["client_secret"]

    def products(self, token):
        """What a plain script gets: the status, and the names of the shop's products."""
        asked = urllib.request.Request(self.base + "/REST/product", headers={"Authorization": "Bearer " + token})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, [one["name"] for one in json.load(answer)["products"]]
        except urllib.error.HTTPError as refused:
            return refused.code, []

    def link(self, user, path):
        """The link of that page in the newest mail to a user, once it has come."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with open(self.mails) as file:
                lines = [line for line in file if line.endswith("\n")]
            for mail in map(json.loads, reversed(lines)):
                found = re.search(re.escape(self.base + path) + r"\S*", mail["text"])
                if mail["to"] == user.email and found:
                    return found.group()
            time.sleep(0.05)
        raise AssertionError(f"no mail to {user.email} with a link to {path}")
