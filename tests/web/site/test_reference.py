"""The pages about the API say all that its description says, in both languages, and what they tell to send is right."""

from __future__ import annotations

import ast
import base64
import hashlib
import hmac
import inspect
import json
import re
import shlex
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.test import Client

import mingyue.client
from mingyue.client import Client as Platform
from mingyue.web.people.viewers import SCOPES
from mingyue.web.site import problems
from mingyue.web.site.api import api
from mingyue.web.site.reference import samples
from mingyue.web.site.reference.calls import BY_CLIENT
from mingyue.web.site.reference.events import TYPES
from mingyue.web.site.reference.groups import GROUPS
from mingyue.web.site.reference.operations import Operation
from mingyue.web.site.reference.pages import described, operations
from mingyue.web.site.reference.problems import MEANINGS
from mingyue.web.site.reference.scopes import REACHES

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db
NAMES = [group.name for group in GROUPS]
LANGUAGES = {"en": "en", "zh": "zh-hans"}
ACTS = pytest.mark.parametrize("act", operations().values(), ids=lambda act: act.name)


class Page(HTMLParser):
    """What stands in a page: its anchors, where its links lead, its text, and its examples."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if (tag, name) == ("a", "href") and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def opened(client: Client, address: str, language: str = "en") -> Page:
    client.cookies["mingyue_language"] = LANGUAGES[language]
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.content.decode())


def test_the_description_is_openapi_and_made_once() -> None:
    schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema()))).validate()

    assert api.get_openapi_schema() is api.get_openapi_schema()


def test_every_operation_stands_in_one_group() -> None:
    placed = Counter(name for group in GROUPS for name in group.acts)

    assert set(placed) == set(operations())
    assert set(placed.values()) == {1}
    assert len({str(act.title) for act in operations().values()}) == len(placed)


def test_every_body_has_an_example_that_fits_it() -> None:
    whole = described()
    bodies = [
        content
        for methods in whole["paths"].values()
        for told in methods.values()
        for content in told.get("requestBody", {}).get("content", {}).values()
    ]

    assert len(bodies) > 35
    for content in bodies:
        schema = content["schema"] | {"components": whole["components"]}
        jsonschema.validate(
            content["example"], schema, jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker()
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_group_shows_its_operations_whole_and_every_link_leads_somewhere(
    client: Client, name: str, language: str
) -> None:
    page = opened(client, f"/api/docs/{name}", language)
    basics = opened(client, "/api/docs/basics", language)
    acts = [operations()[act] for act in next(group for group in GROUPS if group.name == name).acts]

    for act in acts:
        assert act.name in page.ids
        assert all(text in page.text for text in (act.path, act.curl, act.python))
        assert all(field.name in page.text for field in (*act.parameters, *(act.body.fields if act.body else ())))
    assert Counter(page.ids).most_common(1)[0][1] == 1
    for link in page.links:
        place, _, anchor = link.partition("#")
        if not place:
            assert anchor in page.ids, link
        elif place == "/api/docs/basics" and anchor:
            assert anchor in basics.ids, link


@pytest.mark.parametrize("address", ["/api/docs", "/api/docs/basics", *(f"/api/docs/{name}" for name in NAMES)])
def test_a_chinese_page_says_every_sentence_in_chinese(client: Client, address: str) -> None:
    """Of English there are names, types and code: no two words of it stand side by side with a full stop behind."""
    client.cookies["mingyue_language"] = "zh-hans"
    html = client.get(address).content.decode()
    prose = re.sub(r"<(pre|code|head)\b.*?</\1>", " ", html, flags=re.DOTALL)

    assert re.findall(r">[^<>]*\b[a-z]+ [a-z]+ [a-z]+[^<>]*<", re.sub(r"\s+", " ", prose)) == []
    assert len(re.findall(r"[\u4e00-\u9fff]", prose)) > 200


def test_a_visitor_finds_operations_by_what_they_know(client: Client) -> None:
    def found(asked: str, language: str = "en") -> set[str]:
        page = opened(client, f"/api/docs?q={asked}", language)
        return {link.partition("#")[2] for link in page.links if "#" in link} - {"main"}

    assert found("") == set(operations())
    assert found("/api/quotes/{quote_id}/accept") == {"accept_quote"}
    assert "accept_quote" in found("ACCEPT quote order") <= found("quote")
    assert found("tolerance") == set()
    assert found("options") >= {"ask_quote"}
    assert found("登记退款", "zh") == {"note_refund"}
    assert found("replay POST") == {"replay_webhook", "replay_delivery"}
    assert found("<script>") == set()


def test_a_search_that_finds_nothing_says_so_and_repeats_what_was_asked(client: Client) -> None:
    html = client.get("/api/docs", {"q": '"><script>moon'}).content.decode()

    assert "Nothing is called like that." in html
    assert 'value="&quot;&gt;&lt;script&gt;moon"' in html
    assert "<script>moon" not in html


def test_the_pages_are_for_everyone_and_hold_no_script_of_their_own(client: Client) -> None:
    for address in ("/api/docs", "/api/docs/", "/api/docs/basics", "/api/docs/quote"):
        answer = client.get(address)
        assert answer.status_code == 200
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert re.findall(r"<script(?![^>]*\bsrc=)", answer.content.decode()) == []
    assert client.post("/api/docs").status_code == 405
    assert client.get("/api/docs/nothing").status_code == 404
    assert "/api/docs" in opened(client, "/").links


def test_each_scope_and_each_problem_is_explained(client: Client) -> None:
    assert list(REACHES) == list(SCOPES)
    assert {status for act in operations().values() for status in act.problems} <= set(MEANINGS)
    kinds = {kind for _, kind, _ in problems._KINDS} - {"failed"}
    assert kinds <= {kind for told, _ in MEANINGS.values() for kind in told}


def test_each_type_of_event_that_the_apps_record_is_named() -> None:
    about = "|".join(TYPES)
    recorded = {
        node.value
        for path in (ROOT / "src" / "mingyue" / "web").rglob("*.py")
        if "reference" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(rf"({about})\.[a-z_]+", node.value)
    }

    assert {f"{of}.{kind}" for of, kinds in TYPES.items() for kind in kinds} == recorded


def test_a_delivery_is_an_event_as_the_feed_has_it() -> None:
    told = json.loads(samples.DELIVERED.partition("\n\n")[2])

    assert set(told) == set(described()["components"]["schemas"]["EventOut"]["properties"])


# --- examples ------------------------------------------------------------------------------------------------------


@ACTS
def test_what_is_typed_into_a_shell_is_what_the_operation_takes(act: Operation) -> None:
    words = shlex.split(act.curl.replace("\\\n", " "))
    asked = described()["paths"][act.path][act.method.lower()]
    address = next(word for word in words if word.startswith("$MINGYUE"))

    assert words[0] == "curl"
    assert (words[words.index("-X") + 1] if "-X" in words else "GET") == act.method
    pattern = re.sub(r"{\w+}", "[^/{}]+", act.path)
    assert re.fullmatch(re.escape("$MINGYUE") + pattern + r"(\?.+)?", address)
    assert ("-d" in words) == (act.body is not None)
    if act.body:
        assert (
            json.loads(words[words.index("-d") + 1]) == asked["requestBody"]["content"]["application/json"]["example"]
        )
    assert any("Authorization" in word for word in words) == any("key" in one for one in asked["security"])


@ACTS
def test_what_is_written_in_python_is_a_call_that_there_is(act: Operation) -> None:
    tree = ast.parse(act.python)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]

    assert act.by_client == (act.name in BY_CLIENT)
    for call in calls:
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "platform":
            signature = inspect.signature(getattr(Platform, call.func.attr))
            signature.bind(None, *call.args, **{str(keyword.arg): keyword.value for keyword in call.keywords})
        elif isinstance(call.func, ast.Name) and call.func.id not in {"print", "str", "uuid4"}:
            inspect.signature(getattr(mingyue.client, call.func.id)).bind(
                *call.args, **{str(keyword.arg): keyword.value for keyword in call.keywords}
            )
    begins = "platform." if act.by_client else f"api.{act.method.lower()}("
    assert begins in act.python


def test_the_check_of_a_signature_tells_a_delivery_from_a_forgery() -> None:
    names: dict[str, Any] = {}
    exec(samples.SIGNATURE, names)
    key, body, sent = b"k" * 32, b'{"number": 42}', str(int(time.time()))
    right = base64.b64encode(hmac.digest(key, b"id." + sent.encode() + b"." + body, hashlib.sha256)).decode()
    secret = f"whsec_{base64.b64encode(key).decode()}"
    headers = {"Webhook-Id": "id", "Webhook-Timestamp": sent, "Webhook-Signature": f"v1,AAAA v1,{right}"}

    assert names["is_from_mingyue"](secret, headers, body)
    assert not names["is_from_mingyue"](secret, headers, body + b" ")
    assert not names["is_from_mingyue"](secret, headers | {"Webhook-Id": "other"}, body)
    assert not names["is_from_mingyue"](secret, headers | {"Webhook-Timestamp": str(int(sent) - 301)}, body)
