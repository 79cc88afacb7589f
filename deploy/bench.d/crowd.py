#!/usr/bin/env python3
"""Crowds a server on this machine and asks whether a new client is still answered.

    python3 deploy/bench.d/crowd.py PORT PATH [TOKEN]

Opens 1,000 connections that ask for PATH (something of some megabytes, as a document or an export) and never read, and 1,000
that say nothing, fifty from each address of 127.1.0.0/16, and opens those anew that the server lets go. Meanwhile clients of
127.0.0.1 and of other addresses ask for /livez. Prints the worst answer and exits 1 where it took a second.
"""

import resource
import selectors
import socket
import sys
import time

STALLED = SILENT = 1000
PER_ADDRESS = 50
SECONDS = 45


def connect(port, number, receive=None):
    """A connection from an address of its own for every fifty."""
    client = socket.socket()
    if receive:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    group = number // PER_ADDRESS
    client.bind((f"127.1.{group // 250}.{group % 250 + 1}", 0))
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    return client


class Crowd:
    def __init__(self, port, path, token):
        self.port = port
        self.reconnected = 0
        self.request = (f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n").encode()
        self.selector = selectors.DefaultSelector()
        for number in range(STALLED + SILENT):
            self.open(number)

    def open(self, number):
        client = connect(self.port, number, 4096 if number < STALLED else None)
        self.selector.register(client, selectors.EVENT_WRITE, number)

    def tend(self):
        """Sends what has to be sent, and begins anew what was closed."""
        for key, _ in self.selector.select(0):
            client, number = key.fileobj, key.data
            self.selector.unregister(client)
            try:
                if key.events == selectors.EVENT_WRITE:
                    client.send(self.request if number < STALLED else b"")
                    # From here on a stalled reader looks at nothing, and a silent one hears of its end.
                    if number >= STALLED:
                        self.selector.register(client, selectors.EVENT_READ, number)
                    else:
                        held.append((client, number))
                    continue
                if client.recv(1):
                    continue
            except OSError:
                pass
            client.close()
            self.reconnected += 1
            self.open(number)
        for pair in [pair for pair in held if pair[0].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)]:
            held.remove(pair)
            pair[0].close()
            self.reconnected += 1
            self.open(pair[1])


held = []


def ask(port, address):
    """Seconds until a new client of an address has its answer."""
    start = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), 10, (address, 0)) as client:
            client.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            answered = client.recv(100).startswith(b"HTTP/1.1 200")
    except OSError as error:
        print(f"{address}: {error}")
        answered = False
    return time.monotonic() - start if answered else 10.0


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[1], 8192), limit[1]))
    crowd = Crowd(port, path, sys.argv[3] if len(sys.argv) > 3 else "")
    worst, count, end = {}, 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        crowd.tend()
        for address in ["127.0.0.1", f"127.9.{count // 200 % 200}.{count % 200 + 1}"]:
            kind = address.split(".")[1]
            took = ask(port, address)
            if took > 0.5:
                print(f"{address} waited {took * 1000:.0f} ms, {SECONDS - (end - time.monotonic()):.1f} s after the beginning")
            worst[kind] = max(worst.get(kind, 0), took)
        count += 1
        time.sleep(0.05)
    print(f"{count} answers each; worst {worst['0'] * 1000:.0f} ms for 127.0.0.1, {worst['9'] * 1000:.0f} ms for others; "
          f"{crowd.reconnected} connections were let go and begun anew")
    sys.exit(1 if max(worst.values()) >= 1 else 0)


main()
