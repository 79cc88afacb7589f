"""The pages of `pages.txt`, each a flow of its own: opened by whom it is for, and looked at."""

import os


def read():
    with open(os.path.join(os.path.dirname(__file__), "pages.txt")) as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return [tuple(line) for line in lines]


def all():
    return {f"{template} {path}": look(template, who, path) for template, who, path in read()}


def look(template, who, path):
    def work(world, visits):
        visit = visits.begin({"nobody": None, "owner": world.anna, "platform": world.bo}[who])
        visit.go(path.format(shop=world.shops[0]))
        visit.look(template, "" if is_only(template) else path.strip("/").replace("/", "-"))
    return work


def is_only(template):
    return sum(line[0] == template for line in read()) == 1
