"""Receives webhooks, verifies each with the Standard Webhooks SDK, and writes what it saw.

Usage: receive_webhooks.py SEEN.jsonl SECRETS FAIL_FIRST
Listens on a free port and prints it. SECRETS is a file with one secret a line, read again at each
request; every one of them must verify. The first FAIL_FIRST requests are answered with 500.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

SEEN, SECRETS, FAIL_FIRST = sys.argv[1], sys.argv[2], int(sys.argv[3])
requests = 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global requests
        requests += 1
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("location", "/hook")
            self.end_headers()
            return
        with open(SECRETS) as file:
            secrets = [line.strip() for line in file if line.strip()]
        headers = {name.lower(): value for name, value in self.headers.items()}
        verified = []
        for secret in secrets:
            try:
                Webhook(secret).verify(body, headers)
                verified.append(True)
            except WebhookVerificationError:
                verified.append(False)
        status = 500 if requests <= FAIL_FIRST else 204
        names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        seen = {"status": status, "verified": verified, "body": body,
                "headers": {name: headers.get(name) for name in names}}
        with open(SEEN, "a") as file:
            file.write(json.dumps(seen) + "\n")
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
