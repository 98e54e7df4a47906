"""Takes in traces by OTLP over HTTP and tells of each span.

Usage: otlp_sink.py [--fail-first N]
Listens on a free port of 127.0.0.1 and prints {"port": ...}; then a line of JSON for each span:
{"name", "kind", "trace_id", "span_id", "parent_id", "start_ns", "end_ns", "status", "attributes",
"resource", "scope"}. Ids are in hex; a root's parent_id is empty. The first N requests are answered
with 503.
"""

import argparse
import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

MEDIA = "application/x-protobuf"
fail_first = 0


def plain(value):
    """A value of the protocol as one of JSON."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return table(value.kvlist_value.values)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return getattr(value, kind) if kind else None


def table(attributes):
    return {item.key: plain(item.value) for item in attributes}


def spans(request):
    """Every span of a request."""
    for of_resource in request.resource_spans:
        resource = table(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                yield {
                    "name": span.name,
                    "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    "trace_id": span.trace_id.hex(),
                    "span_id": span.span_id.hex(),
                    "parent_id": span.parent_span_id.hex(),
                    "start_ns": span.start_time_unix_nano,
                    "end_ns": span.end_time_unix_nano,
                    "status": Status.StatusCode.Name(span.status.code)
                    .removeprefix("STATUS_CODE_").lower(),
                    "attributes": table(span.attributes),
                    "resource": resource,
                    "scope": of_scope.scope.name,
                }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def answer(self, status, body=b"", media=MEDIA):
        self.send_response(status)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        global fail_first
        body = self.body()
        if self.path != "/v1/traces":
            return self.answer(404)
        if self.headers.get_content_type() != MEDIA:
            return self.answer(415)
        if fail_first > 0:
            fail_first -= 1
            return self.answer(503)
        try:
            if self.headers.get("content-encoding", "identity") == "gzip":
                body = gzip.decompress(body)
            request = ExportTraceServiceRequest.FromString(body)
        except (OSError, EOFError, DecodeError) as error:
            return self.answer(400, str(error).encode(), "text/plain")
        for span in spans(request):
            print(json.dumps(span), flush=True)
        self.answer(200, ExportTraceServiceResponse().SerializeToString())

    def log_message(self, *_):
        pass


def main():
    global fail_first
    parser = argparse.ArgumentParser(description="Takes in traces and tells of each span.")
    parser.add_argument("--fail-first", type=int, default=0)
    fail_first = parser.parse_args().fail_first
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    server.serve_forever()


main()
