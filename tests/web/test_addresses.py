"""Every address × every role, from the table of addresses itself: one that nobody listed here fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from mingyue.web.facilities.models import Downtime, Facility, Machine
from mingyue.web.materials.models import Batch, Recipe, RecipeVersion, Resin
from mingyue.web.notices.models import Delivery, Notice, Webhook
from mingyue.web.orders.ledger import accounts, books
from mingyue.web.orders.models import Entry, Invoice, Order, Project, Quote, Tariff
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.models import ApiKey, Invitation, Membership, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.models import Chain, Upload
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import PLAIN

OPEN = "everyone"  # 200 or a redirect for anyone
SIGNED_IN = "signed in"  # a visitor is sent to sign in
OWNERS = "owners"
MEMBERS = "members"  # of the institute: others get 404
OPERATORS = "operators"  # operators and managers of the facility
MANAGERS = "managers"
BOTH = "both sides"  # of the quote: the customer's owner, and managers and operators of the facility
OFFICE = "office"

# name of the address → (who, whether it only answers POST)
TABLE: dict[str, tuple[str, bool]] = {
    "home": (OPEN, False),
    "administration": (OFFICE, False),
    "organisations": (SIGNED_IN, False),
    "organisation": (MEMBERS, False),
    "organisation-change": (MEMBERS, True),
    "invite": (MEMBERS, True),
    "invitation-withdraw": (MEMBERS, True),
    "member-roles": (MEMBERS, True),
    "member-leave": (MEMBERS, True),
    "key-make": (MEMBERS, True),
    "key-revoke": (OWNERS, True),  # of a colleague's key
    "invitation": (OPEN, False),  # whoever holds its token
    "facilities": (OPEN, False),
    "facility": (OPEN, False),
    "facility-new": (MANAGERS, False),
    "facility-change": (MANAGERS, True),
    "facility-hours": (MANAGERS, True),
    "machine-add": (MANAGERS, True),
    "machine": (OPERATORS, False),
    "downtime-announce": (OPERATORS, True),
    "downtime-withdraw": (OPERATORS, True),
    "materials": (OPEN, False),
    "recipe-new": (SIGNED_IN, False),
    "recipe": (MEMBERS, False),
    "recipe-revise": (MEMBERS, True),
    "recipe-share": (MEMBERS, True),
    "stock": (OPERATORS, False),
    "batch-add": (OPERATORS, True),
    "batch-discard": (OPERATORS, True),
    "quotes": (SIGNED_IN, False),
    "quote-new": (SIGNED_IN, False),
    "quote": (BOTH, False),
    "quote-message": (BOTH, True),
    "quote-review": (OWNERS, True),
    "quote-withdraw": (OWNERS, True),
    "quote-accept": (OWNERS, True),
    "quote-approve": (OWNERS, True),
    "quote-release": (MANAGERS, True),
    "quote-decline": (MANAGERS, True),
    "quote-again": (OWNERS, False),
    "quote-changes": (OWNERS, False),
    "orders": (SIGNED_IN, False),
    "order": (BOTH, False),
    "order-cancel": (OWNERS, True),
    "order-advance": (MANAGERS, True),
    "order-bill": (MANAGERS, True),
    "order-credit": (MANAGERS, True),
    "order-pay": (MANAGERS, True),
    "quote-pdf": (BOTH, False),
    "quote-json": (BOTH, False),
    "confirmation-pdf": (BOTH, False),
    "confirmation-json": (BOTH, False),
    "invoice-pdf": (BOTH, False),
    "invoice-json": (BOTH, False),
    "projects": (SIGNED_IN, False),
    "tariff": (SIGNED_IN, False),
    "tariff-publish": (MANAGERS, True),
    "quote-unapprove": (OWNERS, True),
    "quote-replace": (MANAGERS, False),
    "order-refund": (MANAGERS, True),
    "order-void": (MANAGERS, True),
    "order-write-off": (MANAGERS, True),
    "invoices": (SIGNED_IN, False),
    "ledger": (SIGNED_IN, False),
    "project": (OWNERS, False),
    "project-budget": (OWNERS, True),
    "project-close": (OWNERS, True),
    "notices": (SIGNED_IN, False),
    "notices-read": (SIGNED_IN, True),
    "notices-settings": (SIGNED_IN, False),
    "notices-count": (SIGNED_IN, False),
    "notices-live": (SIGNED_IN, False),
    "notice": (OWNERS, False),  # the owner's own
    "webhooks": (OWNERS, False),
    "webhook": (OWNERS, False),
    "webhook-change": (OWNERS, True),
    "webhook-renew": (OWNERS, True),
    "webhook-test": (OWNERS, True),
    "webhook-remove": (OWNERS, True),
    "webhook-replay": (OWNERS, True),
    "delivery-replay": (OWNERS, True),
    "set_language": (OPEN, True),
    "terms": (OPEN, False),
    "organisation-party": (MEMBERS, True),
    "api-docs": (OPEN, False),
    "api-docs-with-a-slash": (OPEN, False),
    "api-docs-basics": (OPEN, False),
    "api-docs-group": (OPEN, False),
}
# Tested by those who made them, or by the app's own tests, address by address.
OTHERS = ("account_", "mfa_", "socialaccount_", "openid_connect_")


def named_addresses() -> Iterator[tuple[str, str]]:
    """(name, path) of every address that there is, of pages and JSON; those of the API are its own table."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield pattern.name or path, path


PAGES = sorted(
    (name, path)
    for name, path in named_addresses()
    if not name.startswith(OTHERS)
    and (name.startswith("api-docs") or not path.startswith(("api/", "parts/", "uploads/", "accounts/")))
)


def test_every_address_is_listed() -> None:
    unlisted = sorted(name for name, _ in PAGES if name not in TABLE)

    assert len(PAGES) > 25
    assert unlisted == []


@dataclass(frozen=True)
class Things:
    """What addresses name."""

    ids: dict[str, str]


@pytest.fixture
def things(cast: Cast) -> Things:
    """One of each, made past the services: the institute's secrets and the facility's machines."""
    with seen_by(organisation_id=cast.facility_operator.pk), transaction.atomic():
        works = cast.facility_operator
        facility = Facility.objects.create(organisation=works, slug="works", name="Works", created_at=NOW)
        machine = Machine.objects.create(
            organisation=works, facility=facility, name="M1", profile="s230", state_since=NOW
        )
        downtime = Downtime.objects.create(
            organisation=works, machine=machine, span=(NOW, NOW + timedelta(hours=1)), why="lens", by=cast.operator
        )
        resin = Resin.objects.create(organisation=works, facility=facility, profile="pr48-385", name="PR48")
        batch = Batch.objects.create(
            organisation=works, resin=resin, number="1", volume_ml=100, made_on=NOW.date(), expires_on=NOW.date()
        )
    with seen_by(organisation_id=cast.institute.pk), transaction.atomic():
        home = cast.institute
        recipe = Recipe.objects.create(
            organisation=home, name="r", machine_profile="s230", resin_profile="pr48-385", created_at=NOW
        )
        RecipeVersion.objects.create(
            organisation=home, recipe=recipe, number=1, layer_um=5, exposure_s=1, irradiance_mw_cm2=30, why="",
            by=cast.owner, at=NOW,
        )  # fmt: skip
        letter = Invitation.objects.create(
            organisation=home, email="x@example.org", roles=["member"], digest="c" * 64, invited_by=cast.owner, at=NOW,
            expires_at=NOW + timedelta(days=9999),
        )  # fmt: skip
        key = ApiKey.objects.create(
            organisation=home, person=cast.owner, name="k", prefix="mky_", digest="d" * 64, scopes=["parts:read"],
            created_at=NOW, expires_at=NOW + timedelta(days=9999),
        )  # fmt: skip
        member = Membership.objects.get(person=cast.colleague, organisation=home)
        part = Part.objects.create(
            organisation=home, name="nozzle", owner=cast.owner, terms_version="1", created_at=NOW
        )
        blob = keep_bytes(b"solid", organisation_id=home.pk, media_type="model/stl", at=NOW)
        revision = Revision.objects.create(
            organisation=home, part=part, number=1, file_name="n.stl", blob=blob, by=cast.owner, at=NOW
        )
        check = Check.objects.create(
            organisation=home, revision=revision, machine=machine, resin=resin, layer_um=5, asked_at=NOW
        )
        upload = Upload.objects.create(
            organisation_id=home.pk, person_id=cast.owner.pk, file_name="n.stl", length_bytes=5, at=NOW,
            expires_at=NOW + timedelta(days=9999),
        )  # fmt: skip
    quote, order = ordered(revision, facility, cast)
    return Things(
        told(cast)
        | {
            "invoice_id": str(billed(order, cast).pk),
            "quote_id": str(quote.pk), "order_id": str(order.pk), "project_id": str(_project(cast).pk),
            "invitation_id": str(letter.pk), "key_id": str(key.pk), "membership_id": str(member.pk),
            "machine_id": str(machine.pk), "downtime_id": str(downtime.pk), "resin_id": str(resin.pk),
            "batch_id": str(batch.pk), "recipe_id": str(recipe.pk), "part_id": str(part.pk),
            "revision_id": str(revision.pk), "check_id": str(check.pk), "since_id": str(check.pk),
            "upload_id": str(upload.pk), "token": "guess",
        }
    )  # fmt: skip


def _project(cast: Cast) -> Project:
    with seen_by(organisation_id=cast.institute.pk), transaction.atomic():
        return Project.objects.create(organisation=cast.institute, number="P1", name="p", budget_fen=1, at=NOW)


def told(cast: Cast) -> dict[str, str]:
    """A webhook of the institute, what was sent there, and a notice to its owner."""
    home = cast.institute
    with seen_by(organisation_id=home.pk), transaction.atomic():
        webhook = Webhook.objects.create(
            organisation=home, url="https://receiver.example.org/", kinds=[], salt="s", by=cast.owner, at=NOW
        )
        event = record(actor=None, what="webhook.made", subject=webhook, at=NOW)
        delivery = Delivery.objects.create(organisation=home, webhook=webhook, event=event, next_at=NOW)
        notice = Notice.objects.create(
            organisation=home, person=cast.owner, event=event, group="programs", who="owner", text={"text": "made"},
            address="/organisations/", at=NOW, on_page=True,
        )  # fmt: skip
    return {"webhook_id": str(webhook.pk), "delivery_id": str(delivery.pk), "notice_id": str(notice.pk)}


def ordered(revision: Revision, facility: Facility, cast: Cast) -> tuple[Quote, Order]:
    """An order of the institute at the facility, with the quote that it came of."""
    names = {"name": "n", "name_zh": "n"}
    option = {
        "number": 0, "machine": names, "resin": names, "layer_um": 5, "quantity": 1, "inspection": "visual",
        "tolerance_um": 25, "service_class": names | {"lead_days": 5}, "verdict": "fine", "findings": [], "lines": [],
        "rates": [], "net_fen": 0, "tax_fen": 0, "total_fen": 0,
    }  # fmt: skip
    content = {
        "currency": "CNY", "valid_days": 14, "customer": names, "provider": names, "facility": names, "review": [],
        "part": names | {"revision": 1, "file_name": "n.stl", "sha256": "f" * 64}, "tariff": {"number": 1},
        "options": [option],
        "cancel_due_per_mille": {"accepted": 0, "scheduled": 0, "making": 0},
    }  # fmt: skip
    works, home = cast.facility_operator, cast.institute
    with seen_by(organisation_id=works.pk), transaction.atomic():
        tariff = Tariff.objects.create(
            organisation=works, facility=facility, number=1, numbers=asdict(PLAIN), by=cast.manager, at=NOW
        )
    both = {"organisation": home, "provider": works, "by": cast.owner, "at": NOW}
    with seen_by(organisation_id=home.pk), transaction.atomic():
        quote = Quote.objects.create(
            facility=facility, revision=revision, tariff=tariff, number="Q-0000-0000", content=content, digest="e" * 64,
            state="accepted", valid_until=NOW, **both,
        )  # fmt: skip
        return quote, Order.objects.create(
            quote=quote, number="O-0000-0000", option=0, reference="P1", currency="CNY", total_fen=1, rates=[[0, 1, 0]],
            state="made", **both,
        )  # fmt: skip


def billed(order: Order, cast: Cast) -> Invoice:
    """All of the order, written into the books past the services."""
    rates, said = books.read(order.rates), {"actor": viewer_of(cast.manager), "order": order, "at": NOW}
    with seen_by(organisation_id=order.provider_id), transaction.atomic():
        books.post(kind=Entry.Kind.ACCEPT, amounts=accounts.accepted(order.total_fen), **said)
        entry = books.post(kind=Entry.Kind.BILL, amounts=accounts.billed(rates), **said)
        return books.issue(order=order, kind=Invoice.Kind.INVOICE, entry=entry, rates=rates, at=NOW)


def address_of(name: str, path: str, things: Things, cast: Cast) -> str:
    """The path with the things' names in it."""
    slug = cast.institute.slug if path.startswith("organisations/") else "works"
    for kind, name_of in (("slug", "slug"), *(("uuid", key) for key in things.ids), ("str", "token")):
        path = path.replace(f"<{kind}:{name_of}>", slug if name_of == "slug" else things.ids[name_of])
    path = path.replace("<str:kind>", "deviation").replace("<int:layer>", "0").replace("<int:field>", "0")
    path = path.replace("<slug:name>", "quote")
    assert "<" not in path, f"{name}: nothing to put into {path}"
    return f"/{path}"


def expected(who: str, person: str) -> set[int]:
    """The statuses that this person may get."""
    seen = {200, 302, 400, 403}  # served, done, or refused with reasons
    if who in {OPEN, SIGNED_IN}:
        return seen | ({302} if person == "visitor" else set())
    allowed = {
        MEMBERS: {"owner", "colleague"},
        OWNERS: {"owner"},
        OPERATORS: {"operator", "manager"},
        MANAGERS: {"manager"},
        BOTH: {"owner", "operator", "manager"},
        OFFICE: {"office"},
    }[who]
    if person == "visitor":
        return {302}  # to sign in
    return seen if person in allowed else {404}


PEOPLE = ("visitor", "owner", "colleague", "operator", "manager", "office", "stranger")


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("name", "path"), PAGES)
def test_who_may_not_see_it_gets_404_and_changes_nothing(
    cast: Cast, things: Things, browse: Callable[[User | None], Client], person: str, name: str, path: str
) -> None:
    who, only_post = TABLE[name]
    client = browse(None if person == "visitor" else getattr(cast, person))
    address = address_of(name, path, things, cast)
    if name == "invitation":
        assert client.get(address).status_code == 404  # a guessed token
        return
    before = _events(cast)

    answer = client.post(address, {}) if only_post else client.get(address)

    assert answer.status_code in expected(who, person), f"{person} got {answer.status_code} from {address}"
    if answer.status_code in {404, 400, 403} or (person == "visitor" and who != OPEN):
        assert _events(cast) == before
    if only_post:
        assert client.get(address).status_code in {405, 302, 404}


def _events(cast: Cast) -> int:
    """How much ever happened in the organisations of the cast."""
    counts = []
    for one in (cast.institute, cast.facility_operator, cast.park, cast.firm):
        with seen_by(organisation_id=one.pk):
            counts += Chain.objects.filter(organisation_id=one.pk).values_list("count", flat=True)
    return sum(counts)


def test_a_thing_that_is_not_there_looks_like_one_that_is_hidden(
    cast: Cast, things: Things, browse: Callable[[User | None], Client]
) -> None:
    client = browse(cast.stranger)

    hidden = client.get(f"/materials/recipes/{things.ids['recipe_id']}/")
    missing = client.get(f"/materials/recipes/{uuid4()}/")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert _without_tokens(hidden.content) == _without_tokens(missing.content)


def _without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line and b"nonce" not in line and b"next" not in line]


# --- parts: a confidential one, which its owner sees, and nobody else ---------------------------------------------------

# path → whether it only answers POST. Everyone signed in may ask for these four; what they are shown is their own.
OPEN_TO_MEMBERS = {"parts/": False, "parts/new/": False, "parts/machines": False, "uploads/": True}
OF_A_PART = {
    "uploads/<uuid:upload_id>": False,
    "parts/<uuid:part_id>/": False,
    "parts/<uuid:part_id>/compare/": False,
    "parts/<uuid:part_id>/revisions": True,
    "parts/<uuid:part_id>/change": True,
    "parts/<uuid:part_id>/readers": True,
    "parts/<uuid:part_id>/readers/remove": True,
    "parts/<uuid:part_id>/archive": True,
    "parts/<uuid:part_id>/state": False,
    "parts/<uuid:part_id>/live": False,
    "parts/revisions/<uuid:revision_id>/units": True,
    "parts/revisions/<uuid:revision_id>/checks": True,
    "parts/revisions/<uuid:revision_id>/view.glb": False,
    "parts/revisions/<uuid:revision_id>/file": False,
    "parts/checks/<uuid:check_id>/cancel": True,
    "parts/checks/<uuid:check_id>/studies/<str:kind>": True,
    "parts/checks/<uuid:check_id>/findings": False,
    "parts/checks/<uuid:check_id>/changes/<uuid:since_id>": False,
    "parts/checks/<uuid:check_id>/layers": False,
    "parts/checks/<uuid:check_id>/layers/<int:layer>/<int:field>.png": False,
    "parts/checks/<uuid:check_id>/deviation.glb": False,
}
PARTS = sorted({path for _, path in named_addresses() if path.startswith(("parts/", "uploads/"))})


def body(things: Things, cast: Cast) -> dict[str, object]:
    """What makes sense for every act."""
    return {
        "version": 1, "name": "mine now", "note": "", "confidentiality": "public", "units": "mm",
        "upload": things.ids["upload_id"], "email": cast.stranger.email, "person": str(cast.stranger.pk),
        "machine": things.ids["machine_id"], "resin": things.ids["resin_id"],
    }  # fmt: skip


def test_every_address_of_parts_is_listed() -> None:
    assert sorted(OPEN_TO_MEMBERS | OF_A_PART) == PARTS


@pytest.mark.parametrize("person", [one for one in PEOPLE if one != "owner"])
@pytest.mark.parametrize("path", sorted(OF_A_PART))
def test_nobody_but_its_owner_finds_a_confidential_part(
    cast: Cast, things: Things, browse: Callable[[User | None], Client], person: str, path: str
) -> None:
    client = browse(None if person == "visitor" else getattr(cast, person))
    address = address_of(path, path, things, cast)
    before = _events(cast)

    answer = (
        client.post(address, body(things, cast), content_type="application/json")
        if OF_A_PART[path]
        else client.get(address)
    )

    hidden = {302, 401, 403, 404} if person == "visitor" else {404}
    # An upload is asked for by HEAD; GET is no act of its protocol, for anybody.
    assert answer.status_code in (hidden | {405, 412} if path.startswith("uploads/") else hidden)
    if path.startswith("uploads/"):
        assert client.head(address, headers={"Tus-Resumable": "1.0.0"}).status_code in hidden
    assert _events(cast) == before


@pytest.mark.parametrize("path", sorted(path for path in OF_A_PART if not path.endswith("/live")))
def test_its_owner_finds_it(cast: Cast, things: Things, browse: Callable[[User | None], Client], path: str) -> None:
    """So that the test before is no test of addresses that nobody finds. Nothing was made of the revision yet, so its
    pictures are not there; nor has it a reader to be removed."""
    client = browse(cast.owner)
    address = address_of(path, path, things, cast)

    if path.startswith("uploads/"):
        answer = client.head(address, headers={"Tus-Resumable": "1.0.0"})
    elif OF_A_PART[path]:
        answer = client.post(address, body(things, cast), content_type="application/json")
    else:
        answer = client.get(address)

    answer.close()
    not_made = ("view.glb", "layers", ".png", "deviation.glb", "readers/remove")
    assert answer.status_code in ({404} if path.endswith(not_made) else {200, 201, 204, 302, 400, 403, 409, 422})
