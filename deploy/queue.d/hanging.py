"""One shop is given pictures at hosts that take the call and say nothing; another shop asks for pictures meanwhile."""

import time

from world import Outside, World, call, until

HOSTS = 24
PICTURES = 10
PATIENCE = 2.0


def prove():
    """Answers what does not hold."""
    silent = [Outside(is_open=False) for _ in range(HOSTS)]
    good = Outside()
    with World("hanging") as world:
        slow, other = world.shop("Slow"), world.shop("Other")
        port = world.serve(good.host, *(host.host for host in silent))
        images = [{"url": f"http://{host.host}/a.png"} for host in silent]
        call(port, slow, "POST", "product", {"name": "Slow", "price": 1, "images": images})
        until("hosts that say nothing", lambda: sum(len(host.asked) for host in silent) >= 4)
        delays = []
        for number in range(PICTURES):
            body = {"name": f"P{number}", "price": 1, "images": [{"url": f"http://{good.host}/{number}.png"}]}
            start = time.monotonic()
            product = call(port, other, "POST", "product", body)["product_id"]
            until("a picture", lambda: call(port, other, "GET", f"product/{product}")["images"][0]["width"])
            delays.append(time.monotonic() - start)
        hanging = sum(len(host.asked) for host in silent)
    print(f"{HOSTS} hosts of one shop hang ({hanging} were called); of {PICTURES} pictures of another shop the slowest was "
          f"there after {max(delays):.2f} s, the median after {sorted(delays)[PICTURES // 2]:.2f} s")
    return [] if max(delays) <= PATIENCE else [f"another shop's picture waited more than {PATIENCE} s"]
