"""A program on the user's own machine that waits for the browser (RFC 8252), and a site of somebody else's."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Receiver:
    """Remembers what `/callback` was asked with; answers all else with a page of its own, or nothing much."""

    def __enter__(self):
        self.came, self.pages = [], {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = urlsplit(self.path)
                page = owner.pages.get(url.path)
                if url.path == "/callback":
                    owner.came.append({name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()})
                    owner.referer = self.headers.get("Referer")
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((page or "<!doctype html><title>In</title><p>You can go back to the program.").encode())

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]
        return self

    def __exit__(self, *fault):
        self.server.shutdown()
        self.server.server_close()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def callback(self):
        return self.origin + "/callback"
