"""Runs all flows in one headless Chromium, a context each, and prints a line of JSON per flow: what went wrong, and where it looked.

    run.py [FLOW...] < WORLD      WORLD is JSON: base (address of the server), command (how to run butik), mails (file of smtp.py), shots (folder)
"""

import json
import sys
import time
import traceback

from playwright.sync_api import sync_playwright

import flows
import pages
from visit import Visits
from world import World


def run(name, work, world, browser):
    start, visits = time.monotonic(), Visits(name, world, browser)
    try:
        work(world, visits)
    except Exception as fault:
        frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "/Browser/" in frame.filename]
        lines = [f"{frame.name}: {frame.line}" for frame in frames]
        visits.problems.append(f"{lines[-1]} (in {' > '.join(lines[1:-1])}): {fault}")
        visits.shoot_all("failed")
    visits.close()
    told = {"flow": name, "problems": visits.problems, "looks": visits.looks, "seconds": round(time.monotonic() - start, 1)}
    print(json.dumps(told), flush=True)


def main():
    world = World(**json.load(sys.stdin))
    with sync_playwright() as playwright:
        # It runs as root in CI, where Chromium has no sandbox. It loads pages of this machine only.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, work in {**flows.all(), **pages.all()}.items():
            if name in sys.argv[1:] or not sys.argv[1:]:
                run(name, work, world, browser)
        browser.close()


main()
