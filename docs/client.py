"""A client of stipend's HTTP API with nothing but Python's standard library.

Usage: python3 client.py BASE_URL KEY_FILE [--day DAY]

Tells a few facts, publishes a small program called `example`, hands in a day's views, has the day
settled, and reads what a creator earned and why. Run it as often as you like: what was done is not
done twice. To try it, start `stipend serve --sandbox` and give it http://127.0.0.1:8080 and
stipend-data/sandbox.key. `Client` is what to take over into your own code.
"""

import argparse
import gzip
import hashlib
import http.client
import json
import pathlib
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

# The server asks to come later, or a proxy before it did not reach it.
LATER = (429, 502, 503, 504)
ATTEMPTS = 8
# Waits between attempts double, up to the longest; all together a minute to a minute and a half.
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60
TIMEOUT_S = 60


class Refused(Exception):
    """The server said no; `code` is stable, `detail` says what to do."""

    def __init__(self, problem):
        super().__init__(f"{problem.get('status')} {problem.get('code')}: {problem.get('detail')}")
        self.code = problem.get("code")
        self.problem = problem


class Client:
    """Calls a server with an API key; tries again when that can help."""

    def __init__(self, base, key):
        self.base = base.rstrip("/")
        self.key = key

    def call(self, method, path, body=None, headers=None, idempotency_key=None):
        """One request; gives the answer's body as it came.

        A change that got no answer may have been done all the same. So each has a key, which stays
        the same over all attempts: the server does it once and repeats its first answer.
        """
        headers = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if method != "GET":
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        for attempt in range(1, ATTEMPTS + 1):
            asked_s = 0
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                    return answer.read()
            except urllib.error.HTTPError as error:
                if error.code not in LATER or attempt == ATTEMPTS:
                    raise Refused(problem(error)) from None
                asked = error.headers.get("Retry-After", "")
                asked_s = int(asked) if asked.isdigit() else 0
            except (OSError, http.client.HTTPException):
                # No connection, a broken one, or half an answer.
                if attempt == ATTEMPTS:
                    raise
            wait_s = min(FIRST_WAIT_S * 2 ** (attempt - 1), LONGEST_WAIT_S)
            # Some chance, so that many clients do not come back at the same moment.
            time.sleep(max(asked_s, wait_s) * random.uniform(1, 1.5))

    def get(self, path, **query):
        """Reads something."""
        words = urllib.parse.urlencode({name: value for name, value in query.items() if value})
        return json.loads(self.call("GET", f"{path}?{words}" if words else path))

    def tell(self, facts):
        """Tells facts of creators and works."""
        headers = {"Content-Type": "application/x-ndjson"}
        return json.loads(self.call("POST", "/v1/catalog", lines(facts), headers))

    def publish(self, policy):
        """Publishes a policy document; the same text as the last version changes nothing."""
        headers = {"Content-Type": "application/toml"}
        return json.loads(self.call("POST", "/v1/programs", policy.encode(), headers))

    def hand_in(self, events):
        """Hands in events, packed. The same events are known by the same key, also tomorrow and
        from another process."""
        plain = lines(events)
        # Without the time that gzip writes into its header, the same lines are the same bytes.
        body = gzip.compress(plain, mtime=0)
        headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
        key = "events-" + hashlib.sha256(plain).hexdigest()
        return json.loads(self.call("POST", "/v1/events", body, headers, key))

    def settle(self, program, through):
        """Has days settled, and waits for the job. `through` is a day, or `latest`."""
        path = f"/v1/programs/{quoted(program)}/settlements"
        headers = {"Content-Type": "application/json", "Prefer": "wait=30"}
        body = json.dumps({"through": through}).encode()
        job = json.loads(self.call("POST", path, body, headers))
        while job["state"] in ("waiting", "running"):
            time.sleep(1)
            job = self.get(f"/v1/jobs/{job['id']}")
        if job["state"] != "done":
            raise RuntimeError(f"job {job['id']} is {job['state']}: {job['result']}")
        return job["result"]

    def earnings(self, creator, program, first=None, last=None):
        """What a creator earned, by day, as it stands after all corrections."""
        path = f"/v1/creators/{quoted(creator)}/earnings"
        return self.get(path, program=program, **{"from": first, "through": last})

    def explanation(self, creator, program, day):
        """How a creator's day came to its sum, for people to read."""
        query = urllib.parse.urlencode({"program": program, "day": day})
        path = f"/v1/creators/{quoted(creator)}/explanation?{query}"
        return self.call("GET", path, headers={"Accept": "text/plain"}).decode()


def problem(error):
    """What the server says of a request that failed; what stands before it may say it otherwise."""
    text = error.read().decode(errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and "code" in found:
        return found
    return {"status": error.code, "code": "unknown", "detail": text[:200]}


def lines(rows):
    """One object of JSON a line."""
    return "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows).encode()


def quoted(text):
    """An id as a part of a path."""
    return urllib.parse.quote(text, safe="")


POLICY = """\
format = 1
program = "example"
title = "An example"
effective = "2026-01-01"
asset = "EUR"

[day]
zone = "UTC"

[views]
minimum_watch_ms = 5000

[reward]
pool_per_day = "100.00"
"""

FACTS = [
    {"creator": "example-anna", "standing": "good"},
    {"work": "example-w1", "creator": "example-anna", "kind": "video", "length_ms": 20_000},
    {"work": "example-w2", "creator": "example-bo", "kind": "video", "length_ms": 60_000},
]


def views(day):
    """Three views of one work, one of the other, and one that was too short to count."""
    seen = [("example-w1", 15_000), ("example-w1", 12_000), ("example-w1", 20_000),
            ("example-w2", 40_000), ("example-w2", 1_000)]
    return [
        {"event_id": f"example-{day}-{number}", "time": f"{day}T10:{number:02}:00Z",
         "kind": "view", "work": work, "viewer": f"example-viewer-{number}", "watch_ms": watch_ms}
        for number, (work, watch_ms) in enumerate(seen)
    ]


def main():
    """All of it."""
    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date().isoformat()
    parser = argparse.ArgumentParser(description="Goes once through stipend's HTTP API.")
    parser.add_argument("base_url")
    parser.add_argument("key_file", type=pathlib.Path)
    parser.add_argument("--day", default=yesterday, help="a day that is over; yesterday by default")
    args = parser.parse_args()
    client = Client(args.base_url, args.key_file.read_text().strip())

    def show(what, answer):
        print(f"{what}: {json.dumps(answer)}")

    show("facts", client.tell(FACTS))
    show("program", client.publish(POLICY))
    show("events", client.hand_in(views(args.day)))
    settled = client.settle("example", args.day)
    show("settlement", [run for run in settled["posted"] if run["day"] == args.day])
    show("earnings", client.earnings("example-anna", "example", args.day, args.day))
    print(client.explanation("example-anna", "example", args.day))


if __name__ == "__main__":
    main()
