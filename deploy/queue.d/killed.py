"""Three servers fetch pictures of three shops; two of them are killed on the way."""

import time

from world import Outside, World, call, until

PER_PRODUCT = 10


def fill(port, token, shop, host, count):
    urls = [{"url": f"http://{host}/{shop}/{n}.png"} for n in range(count)]
    for start in range(0, count, PER_PRODUCT * 50):
        rows = [
            {"method": "POST", "body": {"name": f"P{n}", "price": 1, "images": urls[n : n + PER_PRODUCT]}}
            for n in range(start, min(count, start + PER_PRODUCT * 50), PER_PRODUCT)]
        call(port, token, "POST", "product/batch", rows)


def missing(port, tokens):
    """How many pictures the shops still lack."""
    lacking = 0
    for token in tokens:
        after = 0
        while True:
            products = call(port, token, "GET", f"product?limit=200&offset={after}")["products"]
            lacking += sum(1 for product in products for image in product["images"] if image["width"] is None)
            after += len(products)
            if len(products) < 200:
                break
    return lacking


def prove(pictures):
    """Answers what does not hold."""
    outside = Outside(is_open=False)
    counts = [pictures * 3 // 5, pictures // 5, pictures // 5]
    total = sum(counts)
    with World("killed") as world:
        tokens = [world.shop(f"Shop {shop}") for shop in (1, 2, 3)]
        ports = [world.serve(outside.host)]
        for shop, (token, count) in enumerate(zip(tokens, counts), 1):
            fill(ports[0], token, shop, outside.host, count)
        ports += [world.serve(outside.host), world.serve(outside.host)]
        start = time.monotonic()
        outside.gate.set()
        for share, victim in [(4, 0), (2, 1)]:
            until("pictures", lambda: len(outside.first_calls()[0]) >= total // share)
            world.servers[victim].kill()
            print(f"killed server {victim + 1} after {len(outside.first_calls()[0])} pictures, {time.monotonic() - start:.1f} s")
        until("the last picture is asked for", lambda: len(outside.first_calls()[0]) >= total)
        print(f"all {total} asked for after {time.monotonic() - start:.1f} s")
        until("the last picture is there", lambda: not missing(ports[2], tokens))
        order, calls = outside.first_calls()
        print(f"all {total} there after {time.monotonic() - start:.1f} s; {calls - len(order)} were asked for twice")
        return waits(order, counts)


def waits(order, counts):
    worst = 0
    for shop, count in enumerate(counts, 1):
        last = max(place for place, path in enumerate(order) if path.startswith(f"/{shop}/")) + 1
        share = min(len(order), 3 * count)
        worst = max(worst, last / share)
        print(f"shop {shop}: {count} pictures, the last at turn {last}; its share ends at {share}: {last / share:.2f}")
    return [] if worst <= 2 else ["a shop waited more than twice its share"]
