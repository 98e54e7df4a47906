"""Joins PayPal's descriptions of payouts and of webhooks into one, for prism.

usage: paypal_spec.py FOLDER OUT.json [--strict]

The place for tokens stands in neither, nor do examples of answers: they are written here. With
--strict unknown fields and amounts that PayPal does not carry are refused.
"""
import json
import sys

strict = "--strict" in sys.argv
D, out_path = [a for a in sys.argv[1:] if not a.startswith("--")]
s = json.load(open(D + "/payments_payouts_batch_v1.json"))
w = json.loads(open(D + "/notifications_webhooks_v1.json").read()
               .replace("#/components/schemas/", "#/components/schemas/wh_")
               .replace("#/components/parameters/", "#/components/parameters/wh_"))
s["components"]["schemas"].update({"wh_" + k: v for k, v in w["components"]["schemas"].items()})
s["components"]["parameters"].update({"wh_" + k: v for k, v in w["components"].get("parameters", {}).items()})
s["components"]["securitySchemes"]["Oauth2"]["flows"]["clientCredentials"]["scopes"].update(
    w["components"]["securitySchemes"]["Oauth2"]["flows"]["clientCredentials"]["scopes"])
s["paths"].update(w["paths"])
s["components"]["securitySchemes"]["Basic"] = {"type": "http", "scheme": "basic"}
tok = {"scope": "https://uri.paypal.com/payments/payouts", "access_token": "A21AA-test", "token_type": "Bearer",
       "app_id": "APP-80W284485P519543T", "expires_in": 32400, "nonce": "2026-11-25T00:00:00Z-nonce"}
s["paths"]["/v1/oauth2/token"] = {"post": {"operationId": "oauth2.token", "security": [{"Basic": []}],
    "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": {
        "type": "object", "required": ["grant_type"], "properties": {"grant_type": {"type": "string", "enum": ["client_credentials"]}}}}}},
    "responses": {"200": {"description": "token", "content": {"application/json": {"schema": {"type": "object"}, "example": tok}}}}}}
hdr = {"sender_batch_id": "run_1", "email_subject": "You have a payout!"}
detail = {"recipient_type": "EMAIL", "amount": {"currency": "USD", "value": "10.00"}, "note": "n",
          "receiver": "a@example.com", "sender_item_id": "pay_1", "recipient_wallet": "PAYPAL"}
def link(path, rel="self"): return [{"href": "https://api-m.sandbox.paypal.com" + path, "rel": rel, "method": "GET"}]
def item(st, **k):
    d = {"payout_item_id": "8AELMXH8UB2P8", "transaction_id": "0C413693MN970190K", "activity_id": "0E158638XS0329106",
         "transaction_status": st, "payout_item_fee": {"currency": "USD", "value": "0.25"}, "payout_batch_id": "Q8KVJG9TZTNN4",
         "payout_item": detail, "time_processed": "2026-11-25T14:35:27Z", "links": link("/v1/payments/payouts-item/8AELMXH8UB2P8", "item")}
    d.update(k); return d
def batch(bs, its): return {"total_items": 1, "total_pages": 1, "batch_header": {"payout_batch_id": "Q8KVJG9TZTNN4",
    "batch_status": bs, "time_created": "2026-11-25T10:19:34Z", "time_completed": "2026-11-25T10:19:45Z", "sender_batch_header": hdr,
    "funding_source": "BALANCE", "amount": {"currency": "USD", "value": "10.00"}, "fees": {"currency": "USD", "value": "0.25"}},
    "items": its, "links": link("/v1/payments/payouts/Q8KVJG9TZTNN4")}
STAT = s["components"]["schemas"]["transaction_enum"]["enum"]
BST = s["components"]["schemas"]["batch_enum"]["enum"]
ERRS = {"FAILED": {"name": "RECEIVER_ACCOUNT_LOCKED", "message": "Receiver account is locked", "debug_id": "d1"},
        "UNCLAIMED": {"name": "RECEIVER_UNREGISTERED", "message": "Receiver is unregistered", "debug_id": "d1"}}
def it(st): return item(st, **({"errors": ERRS[st]} if st in ERRS else {}))
def setex(p, m, code, exs):
    s["paths"][p][m]["responses"][code]["content"]["application/json"]["examples"] = {k: {"value": v} for k, v in exs.items()}
P = "/v1/payments/payouts"
setex(P, "post", "201", {"created": {"batch_header": {"payout_batch_id": "Q8KVJG9TZTNN4", "batch_status": "PENDING",
      "sender_batch_header": hdr}, "links": link(P + "/Q8KVJG9TZTNN4")}})
setex(P + "/{id}", "get", "200", {b: batch(b, [it("SUCCESS" if b == "SUCCESS" else "PENDING")]) for b in ["SUCCESS"] + [x for x in BST if x != "SUCCESS"]})
setex("/v1/payments/payouts-item/{payout_item_id}", "get", "200", {x: dict(it(x), sender_batch_id="run_1") for x in STAT})
setex("/v1/payments/payouts-item/{payout_item_id}/cancel", "post", "200", {"RETURNED": dict(it("RETURNED"), sender_batch_id="run_1")})
setex("/v1/notifications/verify-webhook-signature", "post", "200", {x: {"verification_status": x} for x in ("SUCCESS", "FAILURE")})
c = s["components"]["schemas"]
if strict:
    s["paths"][P]["post"]["responses"].pop("400")
    q = lambda n: json.loads(json.dumps(c[n]))
    cur = q("currency"); cur["additionalProperties"] = False
    cur["properties"]["currency"]["pattern"] = "^[A-Z]{3}$"
    cur["properties"]["value"]["pattern"] = r"^(0|[1-9]\d*)(\.\d{1,3})?$"
    cur["anyOf"] = [{"properties": {"currency": {"type": "string", "pattern": "^(?!HUF|JPY|TWD)"}}},
                    {"properties": {"value": {"type": "string", "pattern": r"^\d+$"}}}]
    c["strict_currency"] = cur
    pi = c["payout_item"]; pi["additionalProperties"] = False
    pi["properties"]["amount"] = {"$ref": "#/components/schemas/strict_currency"}
    kinds = ["EMAIL", "PHONE", "PAYPAL_ID", "USER_HANDLE"]
    pi["properties"]["recipient_type"]["enum"] = kinds
    h = c["sender_batch_header"]; h["additionalProperties"] = False; h["required"] = ["sender_batch_id"]
    h["properties"]["recipient_type"]["enum"] = kinds
    h["properties"]["sender_batch_id"]["minLength"] = 1
    c["create_payout_request"]["additionalProperties"] = False
json.dump(s, open(out_path, "w"), indent=1)
print(len(s["paths"]), "paths ->", out_path)
