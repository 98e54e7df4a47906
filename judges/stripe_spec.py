"""Cuts Stripe's OpenAPI description down to what payouts use, for prism: the whole of it takes a mock
server minutes to load.

usage: stripe_spec.py IN.json OUT.json [--fixtures FIXTURES.json] [--strict]

Kept are the operations of KEEP with the schemas that they reach; ids that may be expanded are plain
ids; the fixtures are the examples of answers. With --strict unknown fields of a form are refused, as
the description says: prism alone lets them pass.
"""
import copy
import json
import sys

KEEP = [
    ("/v1/transfers", "post"), ("/v1/transfers", "get"), ("/v1/transfers/{transfer}", "get"),
    ("/v1/transfers/{id}/reversals", "post"), ("/v1/transfers/{id}/reversals", "get"),
    ("/v1/transfers/{transfer}/reversals/{id}", "get"),
    ("/v1/payouts", "post"), ("/v1/payouts", "get"), ("/v1/payouts/{payout}", "get"),
    ("/v1/payouts/{payout}/cancel", "post"), ("/v1/payouts/{payout}/reverse", "post"),
    ("/v1/balance", "get"), ("/v1/balance_transactions", "get"), ("/v1/balance_transactions/{id}", "get"),
    ("/v1/account", "get"), ("/v1/accounts", "post"), ("/v1/accounts/{account}", "get"),
    ("/v1/events", "get"), ("/v1/events/{id}", "get"),
]
# 400, 401 and 422 are left out: prism would answer with them (and the example) in place of its own
# 401 / 422 problem+json that names what is wrong
ERR = ["402", "403", "404", "409", "429", "500"]

def flat(schema):
    """form schema -> schema over the flat keys: a, a[b], a[b][c], a[], a[0]"""
    pats, required = {}, list(schema.get("required", []))
    def put(prefix, s, depth):
        alts = s.get("anyOf") or [s]
        scalars = []
        for a in alts:
            if a.get("type") == "object" or "properties" in a:
                for n, sub in a.get("properties", {}).items():
                    put(prefix + r"\[" + n + r"\]", sub, depth + 1)
                extra = a.get("additionalProperties")
                if isinstance(extra, dict):
                    put(prefix + r"\[[^\[\]]+\]", extra, depth + 1)
            elif a.get("type") == "array":
                put(prefix + r"\[[0-9]*\]", a.get("items", {"type": "string"}), depth + 1)
            else:
                scalars.append(a)
        if len(scalars) == 1:
            pats["^" + prefix + "$"] = scalars[0]
        elif scalars:
            pats["^" + prefix + "$"] = {"anyOf": scalars}
    for n, s in schema.get("properties", {}).items():
        put(n, s, 0)
    out = {"type": "object", "patternProperties": pats, "additionalProperties": False}
    if required:
        out["required"] = required
    return out

def main():
    strict = "--strict" in sys.argv
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    fixt = None
    if "--fixtures" in sys.argv:
        fixt = sys.argv[sys.argv.index("--fixtures") + 1]
        args.remove(fixt)
    spec = json.load(open(args[0]))
    schemas = spec["components"]["schemas"]
    resources = json.load(open(fixt))["resources"] if fixt else {}
    by_object = {}
    for v in resources.values():
        if isinstance(v, dict) and "object" in v:
            by_object.setdefault(v["object"], v)

    def collapse(node):
        """strip descriptions and x-*, collapse expandable ids to string."""
        if isinstance(node, list):
            return [collapse(n) for n in node]
        if not isinstance(node, dict):
            return node
        if "x-expansionResources" in node and "anyOf" in node:
            plain = [a for a in node["anyOf"] if a.get("type") == "string"]
            if plain:
                out = {"type": "string"}
                if node.get("nullable"):
                    out["nullable"] = True
                return out
        out = {}
        for k, v in node.items():
            if k.startswith("x-"):
                continue
            if k == "description" and isinstance(v, str):
                continue
            if k in ("properties",):
                out[k] = {n: collapse(s) for n, s in v.items()}
            else:
                out[k] = collapse(v)
        return out

    used = {}
    def walk(node):
        if isinstance(node, list):
            for n in node: walk(n)
        elif isinstance(node, dict):
            r = node.get("$ref")
            if isinstance(r, str) and r.startswith("#/components/schemas/"):
                name = r.rsplit("/", 1)[1]
                if name not in used:
                    used[name] = None            # reserve, so that cycles end
                    used[name] = collapse(schemas[name])
                    walk(used[name])
            for v in node.values(): walk(v)

    # the error object holds payment_intent, setup_intent, source..: heads of the whole graph
    for n in ("api_errors",):
        if n in schemas:
            e = copy.deepcopy(schemas[n])
            for p in ("payment_intent", "payment_method", "setup_intent", "source"):
                e["properties"].pop(p, None)
            schemas[n] = e
    # event.data.object is free-form already in this version

    paths = {}
    for p, m in KEEP:
        op = spec["paths"].get(p, {}).get(m)
        if op is None:
            sys.exit(f"not in the spec: {m} {p}")
        op = collapse(copy.deepcopy(op))
        if m == "get":
            op.pop("requestBody", None)
        elif strict and "requestBody" in op:
            for mt in op["requestBody"]["content"].values():
                if "properties" in mt["schema"] and mt["schema"]["properties"]:
                    mt["schema"] = flat(mt["schema"])
                    mt.pop("encoding", None)
        default = op["responses"].get("default")
        for c in ERR:
            op["responses"].setdefault(c, copy.deepcopy(default))
        for r in op["responses"].values():
            r.setdefault("description", "")
        ok = op["responses"].get("200")
        if fixt and ok:
            mt = ok["content"]["application/json"]
            ref = mt["schema"].get("$ref", "").rsplit("/", 1)[-1]
            item = mt["schema"].get("properties", {}).get("data", {}).get("items", {}).get("$ref", "").rsplit("/", 1)[-1]
            if ref in by_object:
                mt["example"] = by_object[ref]
            elif item in by_object:
                mt["example"] = {"object": "list", "data": [by_object[item]], "has_more": False, "url": p}
        for r in op["responses"].values():
            if r is not ok and fixt:
                r["content"]["application/json"]["example"] = {"error": {
                    "type": "invalid_request_error", "code": "parameter_invalid", "message": "example", "param": "amount"}}
        walk(op)
        paths.setdefault(p, {})[m] = op
    out = {"openapi": spec["openapi"], "info": {k: spec["info"][k] for k in ("title", "version")},
           "servers": spec["servers"], "security": spec.get("security", []), "paths": paths,
           "components": {"securitySchemes": spec["components"]["securitySchemes"], "schemas": used}}
    json.dump(out, open(args[1], "w"), indent=1)
    print(f"{len(KEEP)} operations, {len(used)} of {len(schemas)} schemas -> {args[1]}")
main()
