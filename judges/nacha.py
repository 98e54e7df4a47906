"""Lets two programs (achlens, mock-bank) read a NACHA file, and the bank send one entry back.

usage: nacha.py FILE.ach RETURNS.ach KEY

RETURNS is the bank's own file of returns, in which the entry of that key comes back for R03. Exit code:
0, or 1 with what was refused.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from bank import Bank, Otherwise


def work(path, out, key, folder):
    lens = subprocess.run([Path(sys.executable).with_name("achlens"), "validate", path],
                          capture_output=True, text=True)
    if lens.returncode:
        raise Otherwise(f"achlens: {lens.stdout}{lens.stderr}")
    data = Path(path).read_bytes()
    batch = next(line for line in data.decode("ascii").splitlines() if line.startswith("5"))
    company, day = batch[40:50].strip(), batch[69:75]
    bank = Bank(folder, f"20{day[:2]}-{day[2:4]}-{day[4:6]}T09:00")
    try:
        account = {"id": "USPAYER", "name": "Payer", "format": "nacha", "currency": "USD",
                   "iban": "GB82WEST12345698765432", "balance": 10 ** 12,
                   "account_number": company}
        bank.need((200, 201), "POST", "/_mock/accounts", account)
        # An entry of today is booked at once: how it ends is said before.
        ends = {"days": 2, "reason": "R03", "end_to_end_id": key}
        bank.need((200,), "PATCH", "/_mock/accounts/USPAYER",
                  {"behaviour": "return-later", "parameters": ends})
        taken = bank.need((202,), "POST", "/payments", data, "text/plain")
        if taken["status"] != "ACCP":
            raise Otherwise(f"the file was {taken['status']}: {str(taken)[:500]}")
        bank.need((422,), "POST", "/payments", data, "text/plain")
        bank.need((200,), "POST", "/_mock/advance?days=9")
        messages = bank.need((200,), "GET", "/_mock/messages")
        returns = [one["body"] for one in messages if one["type"] == "nacha.return"]
        if len(returns) != 1:
            raise Otherwise(f"{len(returns)} files of returns")
        Path(out).write_text(returns[0])
    finally:
        bank.process.terminate()
        bank.process.wait(10)


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            work(*sys.argv[1:4], folder)
        except Otherwise as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
