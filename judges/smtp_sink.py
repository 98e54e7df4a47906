"""Takes in mail by SMTP and tells what came.

Usage: smtp_sink.py [--auth USER:PASSWORD] [--fail-first N] [--refuse ADDRESS]
Listens on a free port of 127.0.0.1 and prints {"port": ...}; then a line of JSON for each message:
{"from", "to", "subject", "body", "headers", "user"}. `from` and `to` are those of the envelope, the
others are decoded. With `--auth` nobody sends without signing in. The first N messages are put off
(451), those to ADDRESS are refused for good (550).
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


def tell(what):
    print(json.dumps(what), flush=True)


class Sink:
    def __init__(self, fail_first, refuse):
        self.fail_first = fail_first
        self.refuse = refuse

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == self.refuse:
            return "550 5.1.1 nobody has this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.fail_first > 0:
            self.fail_first -= 1
            return "451 4.3.0 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = message.get_body(preferencelist=("plain", "html"))
        tell({"from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": message["subject"],
              "body": part.get_content().replace("\r\n", "\n") if part else "",
              "headers": {name.lower(): str(value) for name, value in message.items()},
              "user": session.auth_data})
        return "250 OK"


def authenticator(user, password):
    def check(server, session, envelope, mechanism, given):
        right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=right, auth_data=user if right else None)

    return check


async def main():
    parser = argparse.ArgumentParser(description="Takes in mail and tells what came.")
    parser.add_argument("--auth", metavar="USER:PASSWORD")
    parser.add_argument("--fail-first", type=int, default=0)
    parser.add_argument("--refuse", metavar="ADDRESS")
    args = parser.parse_args()
    options = {"enable_SMTPUTF8": True, "hostname": "sink.example"}
    if args.auth:
        user, _, password = args.auth.partition(":")
        # There is no TLS on the way to the same machine; the package warns of that each time.
        warnings.filterwarnings("ignore", module="aiosmtpd")
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        options |= {"authenticator": authenticator(user, password), "auth_required": True,
                    "auth_require_tls": False, "auth_exclude_mechanism": []}
    sink = Sink(args.fail_first, args.refuse)
    loop = asyncio.get_running_loop()
    # Not the package's own `Controller`: that wants to know the port beforehand.
    server = await loop.create_server(lambda: SMTP(sink, loop=loop, **options), "127.0.0.1", 0)
    tell({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(main())
