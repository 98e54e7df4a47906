"""How schemathesis writes the bodies that are not JSON."""

import json

import schemathesis


def text(value):
    """A text as it is; anything else, which no caller could mean, as JSON."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value).encode()


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    if isinstance(value, list):
        return b"\n".join(json.dumps(row).encode() for row in value) + b"\n"
    return text(value)


@schemathesis.serializer("application/toml")
def toml(ctx, value):
    return text(value)


@schemathesis.serializer("text/csv")
def csv(ctx, value):
    return text(value)
