"""What people do in a browser, from the first page to the last. A flow is a function of a module here: (world, visits)."""

from . import account, attacks, console, oauth, seed


def all():
    return {name: work for module in (seed, oauth, attacks, account, console) for name, work in module.FLOWS.items()}
