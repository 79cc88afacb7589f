#!/usr/bin/env python3
"""What bodies of 16 MB cost the server and its other clients.

    python3 deploy/bench.d/bodies.py PORT PID TOKEN

TOKEN may write, and BUTIK_RATE_LIMIT is off. Eight clients ask for /REST/self all the time: first alone, and then beside one
that sends a body of 16 MB again and again. Prints how long the body took, how long the eight waited, and what memory grew by.
"""

import http.client
import sys
import threading
import time

SECONDS = 6
MEGABYTES_16 = 16 * 1024 * 1024


def bodies():
    row = b'{"method":"POST","body":{"name":"A","description":"' + b"x" * 16000 + b'"}}'
    wide = b'{"method":"POST","body":{"name":"A","list":[' + b",".join([b"0"] * 990) + b"]}}"
    escapes = b'[{"method":"POST","body":{"name":"' + b"\\u0041" * (MEGABYTES_16 // 6 - 20) + b'"}}]'
    return {
        "8,000,000 rows": b"[" + b"0," * (MEGABYTES_16 // 2 - 4) + b"0]",
        "1,000 rows of 16 KB": b"[" + b",".join([row] * 1000) + b"]",
        "1,000 rows of 990 values": b"[" + b",".join([wide] * 1000) + b"]",
        "a text of \\u0041": escapes,
    }


class Others:
    """Clients that ask for something small, and how long each answer took."""

    def __init__(self, port, token):
        self.times, self.go = [], True
        self.threads = [threading.Thread(target=self.ask, args=(port, token)) for _ in range(8)]
        for thread in self.threads:
            thread.start()

    def ask(self, port, token):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while self.go:
            start = time.monotonic()
            connection.request("GET", "/REST/self", headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            self.times.append(time.monotonic() - start)
            time.sleep(0.005)

    def end(self):
        self.go = False
        for thread in self.threads:
            thread.join()
        times = sorted(self.times)
        return f"p50 {times[len(times) // 2] * 1000:.1f} ms, p99 {times[len(times) * 99 // 100] * 1000:.1f} ms, worst {times[-1] * 1000:.0f} ms"


def memory(pid, key):
    """Megabytes."""
    with open(f"/proc/{pid}/status") as lines:
        return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


def main():
    port, pid, token = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Prefer": "dry-run"}
    others = Others(port, token)
    time.sleep(SECONDS)
    print(f"{'nothing':26} others {others.end()}")
    for name, body in bodies().items():
        with open(f"/proc/{pid}/clear_refs", "w") as peak:
            peak.write("5")
        before = memory(pid, "VmRSS")
        others, end, times = Others(port, token), time.monotonic() + SECONDS, []
        while time.monotonic() < end:
            start = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", "/REST/brand/batch", body, headers)
            answer = connection.getresponse()
            answer.read()
            times.append(time.monotonic() - start)
        grown = memory(pid, "VmHWM") - before
        print(f"{name:26} others {others.end()}; {answer.status} in {min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms; "
              f"memory {before:.0f} + {grown:.0f} MB")


main()
