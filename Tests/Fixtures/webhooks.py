"""Verifies webhooks with the libraries that receivers use. Argument: the secret. A line of input is {"headers": …, "body": …}."""

import hashlib
import hmac
import json
import base64
import sys

import standardwebhooks
import svix.webhooks

secret = sys.argv[1]
key = base64.b64decode(secret.removeprefix("whsec_"))


def judge(check) -> str:
    try:
        return "refused" if check() is False else "ok"
    except (standardwebhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError):
        return "refused"


for line in sys.stdin:
    call = json.loads(line)
    headers, body = call["headers"], call["body"]
    expected = "sha256=" + hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
    print(
        "standardwebhooks", judge(lambda: standardwebhooks.Webhook(secret).verify(body, headers)),
        "svix", judge(lambda: svix.webhooks.Webhook(secret).verify(body, headers)),
        "body", judge(lambda: hmac.compare_digest(headers["x-shoporama-signature"], expected)),
    )
