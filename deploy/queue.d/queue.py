"""What deploy/queue does: see there. Arguments: BUTIK DATABASE_URL FOLDER PICTURES."""

import http.server, json, os, re, struct, subprocess, sys, threading, time, urllib.request, zlib

butik, database, folder, pictures = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
PER_PRODUCT = 10
gate = threading.Event()
asked = []  # (shop, picture), in the order of the calls
lock = threading.Lock()


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 7, 7, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x40\x80\xc0" * 7 for _ in range(7)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Outside(http.server.BaseHTTPRequestHandler):
    """The hosts of pictures: they answer when all three servers are there."""

    picture = png()

    def do_GET(self):
        with lock:
            asked.append(self.path)
        gate.wait()
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.picture)))
        self.end_headers()
        self.wfile.write(self.picture)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024

    def handle_error(self, *_):
        pass  # a server that was killed hangs up


def run(*arguments):
    command = [butik, *arguments, "--data", folder, "--database-url", database]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def serve(host):
    """Starts a server and answers it with its port."""
    environment = dict(os.environ, BUTIK_RATE_LIMIT="off", BUTIK_LOG_LEVEL="notice", BUTIK_OUTBOUND_ALLOW=host)
    log = open(f"{folder}/log.{time.monotonic_ns()}", "w+")
    command = [butik, "serve", "--port", "0", "--data", folder, "--database-url", database]
    process = subprocess.Popen(command, env=environment, stderr=log)
    for _ in range(300):
        found = re.search(r"serving on http://127\.0\.0\.1:(\d+)", open(log.name).read())
        if found:
            return process, int(found[1])
        time.sleep(0.1)
    sys.exit("a server did not start")


def call(port, token, method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/REST/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


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


def first_calls():
    with lock:
        return list(dict.fromkeys(asked)), len(asked)


def wait_for(count):
    while len(first_calls()[0]) < count:
        time.sleep(0.02)


outside = Server(("127.0.0.1", 0), Outside)
threading.Thread(target=outside.serve_forever, daemon=True).start()
host = f"127.0.0.1:{outside.server_port}"
run("migrate")
counts = [pictures * 3 // 5, pictures // 5, pictures // 5]
tokens = []
for shop in range(1, 4):
    run("shop", "create", f"Shop {shop}")
    tokens.append(run("token", "create", "--shop", str(shop), "--level", "all", "--unlimited"))
servers = [serve(host)]
try:
    for shop, (token, count) in enumerate(zip(tokens, counts), 1):
        fill(servers[0][1], token, shop, host, count)
    servers += [serve(host), serve(host)]
    start = time.monotonic()
    gate.set()
    for share, victim in [(4, 0), (2, 1)]:
        wait_for(sum(counts) // share)
        servers[victim][0].kill()
        print(f"killed server {victim + 1} after {len(first_calls()[0])} pictures, {time.monotonic() - start:.1f} s")
    wait_for(sum(counts))
    print(f"all {sum(counts)} asked for after {time.monotonic() - start:.1f} s")
    while missing(servers[2][1], tokens):
        if time.monotonic() - start > 300:
            sys.exit(f"{missing(servers[2][1], tokens)} pictures were lost")
        time.sleep(1)
    order, calls = first_calls()
    print(f"all {sum(counts)} there after {time.monotonic() - start:.1f} s; {calls - len(order)} were asked for twice")
    worst = 0
    for shop, count in enumerate(counts, 1):
        last = max(place for place, path in enumerate(order) if path.startswith(f"/{shop}/")) + 1
        share = min(len(order), 3 * count)
        worst = max(worst, last / share)
        print(f"shop {shop}: {count} pictures, the last at turn {last}; its share ends at {share}: {last / share:.2f}")
    sys.exit(0 if worst <= 2 else "a shop waited more than twice its share")
finally:
    for process, _ in servers:
        process.kill()
        process.wait()
