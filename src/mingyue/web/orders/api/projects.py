"""Projects over HTTP, which pay for quotes; and tariffs, by which quotes are reckoned. Keys write no tariffs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from mingyue.web.facilities.queries import facility_of
from mingyue.web.orders import queries, services
from mingyue.web.orders.api import sent, telling
from mingyue.web.orders.api.quotes import READS, WRITES
from mingyue.web.orders.api.shapes import ProjectOut, TariffOut
from mingyue.web.orders.models import Project
from mingyue.web.people import queries as people
from mingyue.web.people.access import Needs, caller, now, there
from mingyue.web.records.etags import IF_MATCH, as_precondition, tell_version, version_matched
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import SLUG, Slug

router = Router(tags=["projects"])
READS_FACILITIES = Needs("facilities:read")

OfOrganisation = Annotated[str, Query(None, pattern=SLUG, description="Projects of this organisation only, by slug.")]


@router.get("/projects", auth=READS, response=Page[ProjectOut])
def list_projects(
    request: HttpRequest, organisation: OfOrganisation = "", cursor: Cursor = "", limit: Limit = 50
) -> Any:
    """Those of the caller's organisations, to budget holders and owners; the newest first, closed ones too."""
    found = queries.projects_of(caller(request)).select_related("organisation")
    if organisation:
        found = found.filter(organisation=there(people.organisation_of(caller(request), organisation)))
    page = page_of(found, cursor=cursor, limit=limit, by="at")
    return page | {"items": [_project_as_json(one) for one in page["items"]]}


@router.post("/projects", auth=WRITES, response={201: ProjectOut})
def open_project(request: HttpRequest, response: HttpResponse, said: sent.ProjectIn) -> Any:
    """A grant or a cost centre that may pay from now on. Budget holders do this."""
    viewer = caller(request)
    organisation = there(people.organisation_of(viewer, said.organisation))
    project = services.open_project(
        actor=viewer, organisation_id=organisation.pk, number=said.number, name=said.name, budget_fen=said.budget_fen,
        at=now(),
    )  # fmt: skip
    response["Location"] = f"/api/projects/{project.pk}"
    return Status(201, _told(request, response, project.pk))


@router.get("/projects/{uuid:project_id}", auth=READS, response=ProjectOut)
def show_project(request: HttpRequest, response: HttpResponse, project_id: UUID) -> Any:
    """One project: its budget, what was promised of it, what remains."""
    return _told(request, response, project_id)


@router.patch("/projects/{uuid:project_id}", auth=WRITES, response=ProjectOut, openapi_extra=IF_MATCH)
def change_budget(request: HttpRequest, response: HttpResponse, project_id: UUID, said: sent.BudgetIn) -> Any:
    """Another budget; never less than was promised of it."""
    project = there(queries.project_of(caller(request), project_id))
    with as_precondition():
        services.change_budget(
            actor=caller(request), project_id=project_id, version=version_matched(request, project.version),
            budget_fen=said.budget_fen, at=now(),
        )  # fmt: skip
    return _told(request, response, project_id)


@router.post("/projects/{uuid:project_id}/close", auth=WRITES, response=ProjectOut)
def close_project(request: HttpRequest, response: HttpResponse, project_id: UUID) -> Any:
    """It pays for nothing new. What was promised stands."""
    services.close_project(actor=caller(request), project_id=project_id, at=now())
    return _told(request, response, project_id)


@router.get("/facilities/{slug}/tariffs", auth=READS_FACILITIES, response=list[TariffOut])
def list_tariffs(request: HttpRequest, slug: Slug) -> Any:
    """The newest first: what was published, to everyone; drafts to the facility's own people."""
    viewer = caller(request)
    facility = there(facility_of(viewer, slug))
    counting = queries.tariff_at(facility.pk, at=now())
    return [telling.tariff_as_json(one, counts=one == counting) for one in queries.tariffs_of(viewer, facility)]


@router.get("/tariffs/{uuid:tariff_id}", auth=READS_FACILITIES, response=TariffOut)
def show_tariff(request: HttpRequest, tariff_id: UUID) -> Any:
    """One version, such as a quote names."""
    tariff = there(queries.tariff_of(caller(request), tariff_id))
    return telling.tariff_as_json(tariff, counts=tariff == queries.tariff_at(tariff.facility_id, at=now()))


def _told(request: HttpRequest, response: HttpResponse, project_id: UUID) -> Any:
    project = there(queries.project_of(caller(request), project_id))
    tell_version(response, project.version)
    return _project_as_json(project)


def _project_as_json(project: Project) -> dict[str, Any]:
    names = (
        "id", "number", "name", "currency", "budget_fen", "committed_fen", "remaining_fen", "at", "closed_at", "version",
    )  # fmt: skip
    return {name: getattr(project, name) for name in names} | {"organisation": project.organisation.slug}
