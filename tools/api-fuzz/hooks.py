"""How schemathesis signs in: as the owner of a tenant, and again when a call has ended that session (a 401)."""

import itertools
import os
import unicodedata

import requests
import schemathesis

KEYS = itertools.count()


@schemathesis.auth(refresh_interval=600).skip_for(func=lambda ctx: ctx.operation.definition.raw.get("security") == [])
class Owner:
    def get(self, case, ctx):
        person = {
            "email": os.environ["FUZZ_EMAIL"],
            "password": os.environ["FUZZ_PASSWORD"],
            "tenant": os.environ["FUZZ_SLUG"],
        }
        reply = requests.post(os.environ["FUZZ_URL"] + "/api/v1/auth/sign-in", json=person, timeout=30)
        reply.raise_for_status()
        return reply.json()["access_token"]

    def set(self, case, data, ctx):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A key that came with another body before is refused, whatever the body: every call that has one gets its own."""
    key = case.headers.get("Idempotency-Key")
    if key is not None and 8 <= len(key) <= 128:
        case.headers["Idempotency-Key"] = f"fuzz-{next(KEYS):08}"


@schemathesis.hook
def filter_body(ctx, body):
    """Names hold no control or formatting characters and no blanks alone. A schema can't say that of Unicode; the tests of
    hostile texts try them."""
    if not isinstance(body, dict):
        return True
    texts = [value for value in body.values() if isinstance(value, str)]
    return all((not text or text.strip()) and not any(unicodedata.category(c) in ("Cc", "Cf") for c in text) for text in texts)
