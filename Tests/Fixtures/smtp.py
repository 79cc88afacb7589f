"""A real mail server for tests (aiosmtpd). It writes each mail it took to FILE, a line of JSON each, and its port to FILE.port.

    smtp.py FILE [--tls starttls|smtps --cert CERT --key KEY] [--account USER:PASSWORD] [--port PORT]

What it does depends on whom a mail is to: refused@ is nobody here, later@ can't be asked the first time, unwanted@ wants no
such words, hang@ never gets an answer, and the answer to lost@ is lost the first time, though the mail was taken.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, path):
        self.file = open(path, "a", buffering=1)
        self.seen = set()

    def is_first(self, address):
        first = address not in self.seen
        self.seen.add(address)
        return first

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550-5.1.1 Nobody here\r\n550 5.1.1 has that name"
        if name == "later" and self.is_first(address):
            return "451 4.2.1 Come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "hang":
            await asyncio.sleep(3600)
        if name == "unwanted":
            return "554 5.7.1 No such words here"
        self.keep(server, session, envelope)
        if name == "lost" and self.is_first(envelope.rcpt_tos[0]):
            server.transport.abort()
        return "250 Taken"

    def keep(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
        login = session.login_data
        self.file.write(json.dumps({
            "sender": envelope.mail_from, "to": envelope.rcpt_tos[0], "headers": {k.lower(): str(v) for k, v in message.items()},
            "text": parts.get("text/plain"), "html": parts.get("text/html"), "type": message.get_content_type(),
            "user": login.decode() if login else None,
            "tls": 1 if server.transport.get_extra_info("sslcontext") else 0,
            "longest": max(len(line) for line in envelope.original_content.split(b"\r\n")),
        }) + "\n")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--tls", choices=["starttls", "smtps"])
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--account")
    parser.add_argument("--port", type=int, default=0)
    wanted = parser.parse_args()
    context = None
    if wanted.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(wanted.cert, wanted.key)
    handler = Handler(wanted.file)

    def check(server, session, envelope, mechanism, data):
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        given = f"{data.login.decode()}:{data.password.decode()}"
        return AuthResult(success=given == wanted.account, handled=False, auth_data=data)

    def serve():
        more = {"tls_context": context, "require_starttls": True} if wanted.tls == "starttls" else {}
        if wanted.account:
            more |= {"authenticator": check, "auth_required": True, "auth_require_tls": False}
        smtp = SMTP(handler, hostname="mail.test", loop=asyncio.get_running_loop(), **more)
        return smtp

    server = await asyncio.get_running_loop().create_server(
        serve, "127.0.0.1", wanted.port, ssl=context if wanted.tls == "smtps" else None)
    with open(wanted.file + ".port", "w") as file:
        file.write(f"{server.sockets[0].getsockname()[1]}\n")
    await server.serve_forever()


asyncio.run(main())
