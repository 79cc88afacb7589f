#!/usr/bin/env python3
"""Listens to the feed a thousand times and tells what that costs a server on this machine.

    python3 deploy/bench.d/listeners.py PORT PID TOKEN PRODUCT [LISTENERS]

TOKEN is of level `all`, of a server that was started with BUTIK_RATE_LIMIT=off; PRODUCT is an id. Makes tokens for the listeners
(64 each), opens as many streams of server-sent events, and asks for the product and renames it once in ten times, first without
listeners and then beside them. Prints both 99th percentiles, the memory of the process before and with them, and how long it takes
from the answer of a change until the last listener has heard of it. Exits 1 where one listener misses a change.
"""

import http.client
import json
import resource
import selectors
import socket
import sys
import time

CALLS = 3000
PER_TOKEN = 64


def memory(pid):
    """Megabytes that are the process' own."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        return sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) / 1024


class Shop:
    def __init__(self, port, token, product):
        self.server = http.client.HTTPConnection("127.0.0.1", port)
        self.token, self.product = token, product

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        self.server.request(method, "/REST/" + path, json.dumps(body) if body else None, headers)
        answer = self.server.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)

    def rename(self, name):
        self.call("PUT", f"product/{self.product}", {"name": name})

    def latencies(self, meanwhile):
        """The 99th percentiles of reads and of writes, in milliseconds."""
        times = {"read": [], "write": []}
        for number in range(CALLS):
            start = time.perf_counter()
            if number % 10:
                self.call("GET", f"product/{self.product}")
            else:
                self.rename(f"Name {number}")
            times["write" if number % 10 == 0 else "read"].append((time.perf_counter() - start) * 1000)
            meanwhile()
            time.sleep(0.002)
        return {kind: sorted(all)[len(all) * 99 // 100] for kind, all in times.items()}


class Listeners:
    def __init__(self, port, shop, count):
        self.selector = selectors.DefaultSelector()
        self.heard = [b""] * count
        for number in range(count):
            if number % PER_TOKEN == 0:
                token = shop.call("POST", "token", {"name": f"listener {number}", "access_level": "read"})["token"]
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall((
                "GET /REST/event?after=now&type=product.updated HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {token}\r\n\r\n").encode())
            client.setblocking(False)
            self.selector.register(client, selectors.EVENT_READ, number)

    def read(self, wait=0.0):
        for key, _ in self.selector.select(wait):
            self.heard[key.data] = (self.heard[key.data] + key.fileobj.recv(1 << 16))[-4096:]

    def until(self, text, seconds=30):
        """Seconds until all have heard a text."""
        start = time.perf_counter()
        while missing := sum(text not in heard for heard in self.heard):
            if time.perf_counter() - start > seconds:
                sys.exit(f"{missing} listeners never heard {text.decode()}")
            self.read(0.01)
        return time.perf_counter() - start


def main():
    port, pid, token, product = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 1000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    shop = Shop(port, token, product)
    alone = shop.latencies(lambda: None)
    before = memory(pid)
    listeners = Listeners(port, shop, count)
    listeners.until(b"retry: 2000")
    waits = []
    for number in range(20):
        shop.rename(f"Heard {number}")
        waits.append(listeners.until(f"Heard {number}\"".encode()) * 1000)
    time.sleep(2)
    beside = memory(pid)
    among = shop.latencies(lambda: listeners.read())
    print(f"memory {before:.1f} MB, with {count} listeners {beside:.1f} MB: {beside - before:.1f} MB more")
    for kind in alone:
        print(f"p99 of a {kind}: {alone[kind]:.2f} ms alone, {among[kind]:.2f} ms among listeners")
    print(f"all have heard of a change after {sorted(waits)[len(waits) // 2]:.0f} ms, at the worst {max(waits):.0f} ms")


main()
