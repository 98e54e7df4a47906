"""Signs texts as Stripe does, with Stripe's own SDK.

usage: stripe_sign.py SECRET TIME < BODY

Prints the header Stripe-Signature.
"""
import sys

import stripe

secret, time = sys.argv[1], int(sys.argv[2])
body = sys.stdin.read()
print(stripe.WebhookSignature.generate_signature_header(payload=body, secret=secret, timestamp=time))
