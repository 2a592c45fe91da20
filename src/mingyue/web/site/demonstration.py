"""Demonstration data after a science park, made by the real services; doing it again adds only what is missing."""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from mingyue.files import unfinished
from mingyue.phrases import say
from mingyue.web.facilities import services as facilities
from mingyue.web.facilities.models import Facility
from mingyue.web.materials import services as materials
from mingyue.web.materials.models import Recipe
from mingyue.web.orders import services as orders
from mingyue.web.orders.models import Project
from mingyue.web.people.founding import appoint_office
from mingyue.web.people.middleware import tell_of
from mingyue.web.people.models import Membership, Organisation, Party, User
from mingyue.web.people.queries import viewer_of, viewer_of_key
from mingyue.web.people.services import change_organisation, make_key
from mingyue.web.people.viewers import SCOPES, Viewer
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from mingyue.web.site.environment import Environment

_DATA = Path(__file__).with_name("demonstration.toml")
_ENGINEER = "engineer@mingyue.example"
_WITH_KEYS = (_ENGINEER, "budget@mingyue.example", "manager@mingyue.example")  # who asks, who pays, who makes


@dataclass(frozen=True, slots=True)
class Entrances:
    """passwords, keys: by e-mail address; keys are for programs. key: the engineer's."""

    passwords: dict[str, str]
    keys: dict[str, str]
    key: str


def demonstrate(*, environment: Environment, at: datetime, tell: Callable[[str], None]) -> Entrances:
    """Make the park; the answer is who gets in how. Refused in production."""
    if environment.production:
        raise RefusedError([say("People with known passwords have no place in production.")])
    told = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    kept = _kept(environment.home)
    passwords = {person["email"]: _password(kept, person["email"]) for person in told["person"]}
    people = {person["email"]: _person(person, passwords[person["email"]], at) for person in told["person"]}
    for one in told["organisation"]:
        _organisation(one, [person for person in told["person"] if person["organisation"] == one["slug"]], people, at)
        _party(one, people, [person for person in told["person"] if person["organisation"] == one["slug"]], at)
    tell(say("{count} organisations, {people} people", count=len(told["organisation"]), people=len(people)))
    manager = viewer_of(people["manager@mingyue.example"])
    for one in told["facility"]:
        if not Facility.objects.filter(slug=one["slug"]).exists():
            _facility(one, manager, at)
            tell(say("Opened: {name}", name=one["name"]))
    for one in told["tariff"]:
        _tariff(one, manager, at)
    for one in told["project"]:
        _project(one, viewer_of(people[one["person"]]), at)
    for one in told["recipe"]:
        _recipe(one, viewer_of(people[one["person"]]), at)
    keys = {email: _key(kept.get("keys", {}).get(email, ""), viewer_of(people[email]), at) for email in _WITH_KEYS}
    entrances = Entrances(passwords, keys, keys[_ENGINEER])
    _keep(environment.home, entrances)
    return entrances


def _kept(home: Path) -> dict[str, Any]:
    """Who gets in how, as it was made at random once; beside the data, readable by its owner only."""
    path = home / "demonstration.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _keep(home: Path, entrances: Entrances) -> None:
    with unfinished(home / "demonstration.json") as beside:
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(asdict(entrances), indent=1), encoding="utf-8")


def _password(kept: dict[str, Any], email: str) -> str:
    password: str = kept.get("passwords", {}).get(email) or secrets.token_urlsafe(9)
    return password


def _key(kept: str, person: Viewer, at: datetime) -> str:
    """The key that was made before, where it still lets somebody in, as far as a key of today."""
    found = viewer_of_key(kept, at=at) if kept else None
    if found and all(found[0].may(scope) for scope in SCOPES):
        return kept
    tell_of(person)
    _, key = make_key(
        actor=person, organisation_id=person.organisations[0], name="Demonstration", scopes=SCOPES,
        expires_at=at + timedelta(days=365), at=at,
    )  # fmt: skip
    return key


def _person(told: dict[str, Any], password: str, at: datetime) -> User:
    person = User.objects.filter(email=told["email"]).first()
    with transaction.atomic():
        if person is None:
            person = User.objects.create_user(told["email"], password, name=told["name"])
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            record(actor=None, what="person.registered", subject=person, at=at)
        elif not person.check_password(password):
            person.set_password(password)
            person.save(update_fields=["password"])
    return person


def _organisation(told: dict[str, Any], members: list[dict[str, Any]], people: dict[str, User], at: datetime) -> None:
    organisation = Organisation.objects.filter(slug=told["slug"]).first()
    if organisation is None and told.get("runs_platform"):
        first = people[members[0]["email"]]
        appoint_office(
            person=first, at=at, slug=told["slug"], name=told["name"], name_zh=told["name_zh"], demonstration=True
        )
        return
    if organisation is None:
        organisation = Organisation(
            slug=told["slug"], kind=told["kind"], name=told["name"], name_zh=told["name_zh"],
            about=told.get("about", ""), about_zh=told.get("about_zh", ""), demonstration=True, created_at=at,
        )  # fmt: skip
        with seen_by(organisation_id=organisation.pk), transaction.atomic():
            organisation.save(force_insert=True)
            record(
                actor=None, what="organisation.created", subject=organisation, organisation_id=organisation.pk, at=at
            )
    for member in members:
        with seen_by(organisation_id=organisation.pk), transaction.atomic():
            membership, fresh = Membership.objects.get_or_create(
                organisation=organisation, person=people[member["email"]], ended_at=None,
                defaults={"roles": member["roles"], "since": at},
            )  # fmt: skip
            if fresh:
                record(actor=None, what="membership.began", subject=membership, at=at)


def _party(told: dict[str, Any], people: dict[str, User], members: list[dict[str, Any]], at: datetime) -> None:
    """What it is called on documents, said by its owner; what was said since stays."""
    owner = next((people[one["email"]] for one in members if "owner" in one["roles"]), None)
    if owner is None or "party" not in told:
        return
    actor = viewer_of(owner)
    tell_of(actor)
    found = Organisation.objects.get(slug=told["slug"])
    if not Party.objects.filter(organisation=found).exists():
        change_organisation(
            actor=actor, organisation_id=found.pk, version=found.version, at=at, name=found.name, name_zh=found.name_zh,
            about=found.about, about_zh=found.about_zh, party=told["party"],
        )  # fmt: skip


def _facility(told: dict[str, Any], manager: Viewer, at: datetime) -> None:
    tell_of(manager)
    facility = facilities.open_facility(
        actor=manager, organisation=Organisation.objects.get(slug=told["organisation"]), slug=told["slug"],
        name=told["name"], name_zh=told["name_zh"], about=told["about"], about_zh=told["about_zh"], at=at,
        demonstration=True,
    )  # fmt: skip
    week = [(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in told["hours"]]
    facilities.set_hours(actor=manager, facility=facility, hours=week, at=at)
    for one in told["machine"]:
        machine = facilities.add_machine(
            actor=manager, facility=facility, name=one["name"], profile=one.get("profile", ""), at=at
        )
        for name, name_zh, value in one.get("capability", []):
            facilities.add_capability(actor=manager, machine=machine, name=name, name_zh=name_zh, value=value, at=at)
        if "state" in one:
            facilities.set_machine_state(
                actor=manager, machine=machine, state=one["state"], note=one["note"], version=1, at=at
            )
    for one in told.get("resin", []):
        resin = materials.offer_resin(actor=manager, facility=facility, at=at, **one)
        made: date = at.date()
        materials.add_batch(
            actor=manager, resin=resin, number=f"{made:%y%m}-01", volume_ml=500, made_on=made,
            expires_on=made + timedelta(days=365), at=at,
        )  # fmt: skip
    for place, one in enumerate(told["service_class"]):
        facilities.add_service_class(actor=manager, facility=facility, position=place, at=at, **one)


def _recipe(told: dict[str, Any], author: Viewer, at: datetime) -> None:
    tell_of(author)
    organisation = Organisation.objects.get(slug=told["organisation"])
    if Recipe.objects.filter(organisation=organisation, name=told["name"]).exists():
        return
    numbers = materials.Numbers(told["layer_um"], told["exposure_s"], told["irradiance_mw_cm2"])
    recipe = materials.write_recipe(
        actor=author, organisation_id=organisation.pk, name=told["name"], machine_profile=told["machine"],
        resin_profile=told["resin"], numbers=numbers, why=told["why"], at=at,
    )  # fmt: skip
    materials.share_recipe(actor=author, recipe=recipe, share=Recipe.Share.EVERYONE, at=at)


def _tariff(told: dict[str, Any], manager: Viewer, at: datetime) -> None:
    """Service classes are named as people call them; the tariff knows them by id."""
    tell_of(manager)
    facility = Facility.objects.get(slug=told["facility"])
    if facility.tariffs.exists():
        return
    classes = {one.name: str(one.pk) for one in facility.service_classes.all()}
    numbers = told["numbers"] | {
        "class_per_mille": {classes[name]: share for name, share in told["numbers"]["class_per_mille"].items()}
    }
    tariff = orders.draft_tariff(actor=manager, facility=facility, numbers=numbers, why=told["why"], at=at)
    orders.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=at, at=at)


def _project(told: dict[str, Any], holder: Viewer, at: datetime) -> None:
    tell_of(holder)
    organisation = Organisation.objects.get(slug=told["organisation"])
    if not Project.objects.filter(organisation=organisation, number=told["number"]).exists():
        orders.open_project(
            actor=holder, organisation_id=organisation.pk, number=told["number"], name=told["name"],
            budget_fen=told["budget_fen"], at=at,
        )  # fmt: skip
