"""Lets a bank (mock-bank, PyPI) work off a SEPA file, and writes down what it answers.

usage: bank.py FILE.xml FOLDER [--return KEY=REASON ...] [--days N]

The bank is started on a free port of its own and forgets everything afterwards. It has the file's
debtor account with plenty of money. It takes the file; it has to refuse the same file a second time;
the named payments come back some days after they were booked. Every message that it writes for that
account lies in FOLDER as NNN-type.xml. Exit code: 0, or 1 with what was otherwise.
"""
import argparse
import json
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from xml.etree import ElementTree


class Otherwise(Exception):
    """The bank did something else than a bank does."""


class Bank:
    """A running mock-bank."""

    def __init__(self, folder, clock):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        program = Path(sys.executable).with_name("mock-bank")
        self.file = Path(folder) / "bank.db"
        self.process = subprocess.Popen(
            [program, "--port", str(port), "--db", self.file, "--clock", clock, "--quiet"],
            stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                if self.call("GET", "/_mock/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise Otherwise("the bank did not open")

    def call(self, method, path, body=None, media="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        request = urllib.request.Request(self.url + path, data=data or None, method=method)
        request.add_header("Content-Type", media)
        request.add_header("Content-Length", str(len(data)))
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def need(self, wanted, *request):
        status, body = self.call(*request)
        if status not in wanted:
            raise Otherwise(f"{request[:2]}: {status} {body}")
        return body


def work(args, folder):
    data = Path(args.file).read_bytes()
    root = ElementTree.fromstring(data)
    space = {"p": root.tag[1:].partition("}")[0]}
    debtor = root.find(".//p:DbtrAcct/p:Id/p:IBAN", space).text
    created = root.find(".//p:GrpHdr/p:CreDtTm", space).text[:16]
    bank = Bank(folder, created)
    try:
        account = {"id": "PLATFORM", "name": "Platform", "iban": debtor, "currency": "EUR",
                   "balance": 10 ** 12, "behaviour": "accept"}
        bank.need((200, 201), "POST", "/_mock/accounts", account)
        taken = bank.need((202,), "POST", "/payments", data, "application/xml")
        if taken["status"] != "ACCP":
            raise Otherwise(f"the file was {taken['status']}: {str(taken)[:500]}")
        again = bank.need((422,), "POST", "/payments", data, "application/xml")
        if again["reason"] != "DUPL":
            raise Otherwise(f"the file's repetition was refused for {again['reason']}")
        settled = max(payment["settlement_date"] for payment in taken["payments"])
        bank.need((200,), "POST", f"/_mock/advance?to={settled}")
        if args.returned:
            # The bank has a switch for one or all; for some, its own table says so.
            database = sqlite3.connect(bank.file, timeout=30)
            for key, reason in args.returned:
                changed = database.execute(
                    "UPDATE payment SET return_due = date(?, '+3 days'), return_reason = ? "
                    "WHERE end_to_end_id = ? AND booked_at IS NOT NULL",
                    (settled, reason, key)).rowcount
                if changed != 1:
                    raise Otherwise(f"{changed} booked payments have the key {key}")
            database.commit()
            database.close()
        bank.need((200,), "POST", f"/_mock/advance?days={args.days}")
        messages = bank.need((200,), "GET", "/_mock/messages")
        kept = 0
        for message in messages:
            if message.get("account") in ("PLATFORM", debtor):
                kept += 1
                kind = ".".join(message["type"].split(".")[:2])
                name = f"{kept:03}-{kind}.xml"
                (Path(args.folder) / name).write_text(message["body"])
        print(json.dumps({"messages": kept, "payments": len(taken["payments"])}))
    finally:
        bank.process.terminate()
        bank.process.wait(10)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("folder")
    parser.add_argument("--return", dest="returned", nargs="*", default=[],
                        type=lambda text: text.split("="))
    parser.add_argument("--days", type=int, default=8)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            work(args, folder)
        except Otherwise as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
