"""A server of the outside world that speaks TLS: it answers everything with the byte 7, and writes its port to FILE.

    https.py FILE --cert CERT --key KEY
"""

import argparse
import http.server
import os
import ssl


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"\x07")

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file")
    arguments.add_argument("--cert", required=True)
    arguments.add_argument("--key", required=True)
    given = arguments.parse_args()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(given.cert, given.key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(given.file + ".part", "w") as file:
        file.write(f"{server.server_address[1]}\n")
    os.rename(given.file + ".part", given.file)
    server.serve_forever()


main()
