"""What the proofs of deploy/queue share: a Postgres database of its own, servers of the real binary, and hosts of pictures."""

import http.server, json, os, re, struct, subprocess, sys, threading, time, urllib.request, zlib

butik, cluster, folder = sys.argv[1:4]


def sql(text, database="postgres"):
    """Runs statements and answers the rows, cells parted by tabs."""
    command = ["psql", cluster.replace("/postgres?", f"/{database}?"), "-v", "ON_ERROR_STOP=1", "-XAtqF", "\t", "-c", text]
    # Plans are logged of what servers send and not of this.
    environment = dict(os.environ, PGOPTIONS="-c auto_explain.log_min_duration=-1")
    out = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 7, 7, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x40\x80\xc0" * 7 for _ in range(7)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Outside(http.server.ThreadingHTTPServer):
    """A host of pictures, which answers when its gate is open, and remembers what it was asked for."""

    request_queue_size = 1024
    daemon_threads = True
    picture = png()

    def __init__(self, is_open=True):
        super().__init__(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server_port}"
        self.gate, self.lock, self.asked = threading.Event(), threading.Lock(), []
        if is_open:
            self.gate.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # a server that was killed hangs up

    def first_calls(self):
        """The pictures in the order of their first calls, and how many calls there were."""
        with self.lock:
            return list(dict.fromkeys(self.asked)), len(self.asked)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with self.server.lock:
            self.server.asked.append(self.path)
        self.server.gate.wait()
        self.send_response(200)
        self.send_header("Content-Length", str(len(Outside.picture)))
        self.end_headers()
        self.wfile.write(Outside.picture)

    def log_message(self, *_):
        pass


class World:
    """A migrated database, and the servers that were started on it."""

    def __init__(self, database):
        sql(f"CREATE DATABASE {database}")
        self.url = cluster.replace("/postgres?", f"/{database}?")
        self.data = f"{folder}/{database}"
        self.servers = []
        self.run("migrate")

    def run(self, *arguments):
        command = [butik, *arguments, "--data", self.data, "--database-url", self.url]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def shop(self, name):
        """Opens a shop and answers a token for it."""
        shop = self.run("shop", "create", name).split()[1].rstrip(":")
        return self.run("token", "create", "--shop", shop, "--level", "all", "--unlimited")

    def serve(self, *hosts):
        """Starts a server that may call these hosts, and answers its port."""
        environment = dict(
            os.environ, BUTIK_RATE_LIMIT="off", BUTIK_LOG_LEVEL="notice", BUTIK_OUTBOUND_ALLOW=",".join(hosts))
        log = open(f"{folder}/log.{time.monotonic_ns()}", "w+")
        command = [butik, "serve", "--port", "0", "--data", self.data, "--database-url", self.url]
        self.servers.append(subprocess.Popen(command, env=environment, stderr=log))
        for _ in range(300):
            found = re.search(r"serving on http://127\.0\.0\.1:(\d+)", open(log.name).read())
            if found:
                return int(found[1])
            time.sleep(0.1)
        sys.exit("a server did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.kill()
            server.wait()


def call(port, token, method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/REST/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def until(what, holds, seconds=300):
    """Waits until something holds, and answers how long that took."""
    start = time.monotonic()
    while not holds():
        if time.monotonic() - start > seconds:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return time.monotonic() - start
