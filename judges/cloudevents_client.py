"""Hands in events with the CloudEvents SDK for Python.

Usage: cloudevents_client.py URL KEY [--work WORK] [--day DAY]
Posts to URL (a server's /v1/events) with the API key KEY: one event in binary mode, one structured,
and a batch of two; then the first once more. Prints a list of {"mode", "status", "body"}. All are
views of WORK (`w1`) on DAY (2026-06-01), each by another viewer. The one in binary mode has an id
with a space, a percent sign and a letter beyond ASCII, which its header must carry escaped.
"""

import argparse
import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent


def view(args, number, event_id):
    at = datetime.fromisoformat(args.day).replace(tzinfo=timezone.utc)
    return CloudEvent(
        attributes={
            "id": event_id,
            "source": "/player",
            "type": "view",
            "subject": args.work,
            "time": at + timedelta(hours=10, minutes=number),
            "datacontenttype": "application/json",
        },
        data={"work": args.work, "viewer": f"sdk-viewer-{number}", "watch_ms": 15_000 + number,
              "device": "t\u00e9l\u00e9"},
    )


def post(args, mode, headers, body):
    headers = {**headers, "authorization": f"Bearer {args.key}"}
    request = urllib.request.Request(args.url, body, headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer = opener.open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return {"mode": mode, "status": answer.status, "body": json.load(answer)}


def main():
    """Sends one of each and prints what the server said."""
    parser = argparse.ArgumentParser(description="Hands in events with the CloudEvents SDK.")
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--work", default="w1")
    parser.add_argument("--day", default="2026-06-01")
    args = parser.parse_args()
    binary = to_binary_event(view(args, 1, "sdk 100% \u00e9"))
    structured = to_structured_event(view(args, 2, "sdk-2"))
    # The SDK makes no batches: they are its structured events in a list.
    batch = [to_structured_event(view(args, number, f"sdk-{number}")).body for number in (3, 4)]
    batch_headers = {"content-type": "application/cloudevents-batch+json"}
    answers = [
        post(args, "binary", binary.headers, binary.body),
        post(args, "structured", structured.headers, structured.body),
        post(args, "batch", batch_headers, b"[" + b",".join(batch) + b"]"),
        post(args, "binary again", binary.headers, binary.body),
    ]
    print(json.dumps(answers))


main()
