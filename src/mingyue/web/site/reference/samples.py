"""What stands on the page in letters that no language changes: requests, answers, and a check of a signature."""

from __future__ import annotations

from typing import Final

FIRST: Final = """\
MINGYUE=https://print.example.org
KEY=mky_…
curl "$MINGYUE/api/me" -H "Authorization: Bearer $KEY\""""

BY_CLIENT: Final = """\
import os
from mingyue.client import Change, Client

platform = Client(os.environ["MINGYUE"], os.environ["KEY"], language="en")"""

BY_HTTPX: Final = """\
import os
from uuid import uuid4
import httpx

api = httpx.Client(
    base_url=os.environ["MINGYUE"], headers={"Authorization": f"Bearer {os.environ['KEY']}"}
)"""

TWICE: Final = """\
curl -X POST "$MINGYUE/api/quotes/$QUOTE/accept" -H "Authorization: Bearer $KEY" \\
  -H "Idempotency-Key: 5f0c9b52-order-of-tuesday" \\
  -H "Content-Type: application/json" -d '{"option": 0}'"""

BASED: Final = """\
curl -i "$MINGYUE/api/parts/$PART" -H "Authorization: Bearer $KEY"
ETag: "3"

curl -X PATCH "$MINGYUE/api/parts/$PART" -H "Authorization: Bearer $KEY" -H 'If-Match: "3"' \\
  -H "Content-Type: application/json" -d '{"note": "Thicker ribs."}'"""

PAGED: Final = """\
{"items": [ … ], "next": "00063f2b8a5c1e8f4085ad157344dc8ea67a848e7c2270"}

curl "$MINGYUE/api/quotes?limit=200&cursor=00063f2b8a5c1e8f4085ad157344dc8ea67a848e7c2270" \\
  -H "Authorization: Bearer $KEY\""""

PROBLEM: Final = """\
HTTP/1.1 403 Forbidden
Content-Type: application/problem+json

{
  "type": "urn:mingyue:problem:refused",
  "title": "Refused by a rule",
  "status": 403,
  "detail": "This cannot be done now: it ran out on 2026-11-25.",
  "instance": "/api/quotes/6327245c-3a45-43d9-aa72-b70fbb671926/accept",
  "remedy": "Ask for a new quote.",
  "reasons": ["it ran out on 2026-11-25"],
  "errors": []
}"""

LIMITS: Final = """\
RateLimit-Limit: 1200
RateLimit-Remaining: 1187
RateLimit-Reset: 23"""

UPLOAD: Final = """\
FILE=holder.stl
PLACE=$(curl -si -X POST "$MINGYUE/uploads/" -H "Authorization: Bearer $KEY" -H "Tus-Resumable: 1.0.0" \\
  -H "Upload-Length: $(wc -c < "$FILE" | tr -d ' ')" \\
  -H "Upload-Metadata: filename $(printf %s "$FILE" | base64 | tr -d '\\n')" \\
  | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')

curl -X PATCH "$PLACE" -H "Authorization: Bearer $KEY" -H "Tus-Resumable: 1.0.0" \\
  -H "Upload-Offset: 0" -H "Content-Type: application/offset+octet-stream" --data-binary "@$FILE"

curl -X POST "$MINGYUE/api/parts" -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d "{\\"upload\\": \\"${PLACE##*/}\\", \\"name\\": \\"Lens holder\\", \\"units\\": \\"mm\\"}\""""

DELIVERED: Final = """\
POST /your/receiver HTTP/1.1
Content-Type: application/json
webhook-id: 0f1d3f5e-6a0b-4a52-9d0c-2f9f6f6f8f11
webhook-timestamp: 1795593600
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{"id": "27dcd8db-2220-4ef8-a6c9-45c2678079d8", "number": 42, "type": "quote.accepted",
 "at": "2026-11-25T08:00:00+00:00", "organisation": "lake-institute",
 "actor": "1a87459c-2aa8-4897-98d2-668c1c0206b6",
 "subject": {"kind": "orders.quote", "id": "6327245c-3a45-43d9-aa72-b70fbb671926"},
 "facts": {"order": "O-7F3K-2M9P", "option": 0, "total_fen": 128000},
 "api": "/api/quotes/6327245c-3a45-43d9-aa72-b70fbb671926"}"""

SIGNATURE: Final = """\
import base64, hashlib, hmac, time

def is_from_mingyue(secret: str, headers: dict[str, str], body: bytes) -> bool:
    said = {name.lower(): value for name, value in headers.items()}
    if abs(time.time() - int(said["webhook-timestamp"])) > 300:
        return False  # somebody may send again what was sent long ago
    signed = b".".join([said["webhook-id"].encode(), said["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = said["webhook-signature"].split()  # two while a secret is renewed
    return any(hmac.compare_digest(right, one) for one in given)"""
