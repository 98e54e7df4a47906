"""Asks through OpenFeature's own OFREP provider.

    ofrep_client.py BASE_URL KEY FLAG CREATOR [FLAG CREATOR ...]

Prints for each: value, variant, reason, error code.
"""
import sys

from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

base, key, *asked = sys.argv[1:]
api.set_provider(OFREPProvider(base, headers_factory=lambda: {"Authorization": f"Bearer {key}"}))
client = api.get_client()
for flag, creator in zip(asked[::2], asked[1::2]):
    found = client.get_boolean_details(flag, False, EvaluationContext(creator))
    print(flag, creator, found.value, found.variant, found.reason, found.error_code)
