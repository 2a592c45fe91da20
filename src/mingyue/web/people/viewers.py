"""Who looks and acts: a person with roles in organisations, or a key that acts for one with scopes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

SCOPES = (
    "parts:read",
    "parts:write",
    "facilities:read",
    "materials:read",
    "materials:write",
    "orders:read",
    "orders:write",
    "organisation:read",
    "events:read",
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """person_id: None for whoever is not signed in. roles: organisation → roles there.

    scopes: what a key may do; None for a person in a browser, who may do all that their roles allow.
    office: whether they run the platform. slugs: the organisations by the names in their addresses.
    """

    person_id: UUID | None = None
    name: str = ""
    roles: Mapping[UUID, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    scopes: frozenset[str] | None = None
    office: bool = False
    slugs: Mapping[str, UUID] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def signed_in(self) -> bool:
        """Whether it is known who this is."""
        return self.person_id is not None

    @property
    def someone(self) -> UUID:
        """Who it is, where that is known for sure: a service that asked already."""
        if self.person_id is None:
            raise AssertionError("nobody acts")
        return self.person_id

    @property
    def organisations(self) -> tuple[UUID, ...]:
        """Where they are members."""
        return tuple(self.roles)

    @property
    def runs_platform(self) -> bool:
        """Whether administration is theirs."""
        return self.office

    def belongs_to(self, organisation_id: UUID) -> bool:
        """Whether they are a member there."""
        return organisation_id in self.roles

    def has(self, organisation_id: UUID, *roles: str) -> bool:
        """Whether they have one of the roles there."""
        return not self.roles.get(organisation_id, frozenset()).isdisjoint(roles)

    def may(self, scope: str) -> bool:
        """Whether their key, if they came with one, reaches so far."""
        return self.scopes is None or scope in self.scopes


NOBODY = Viewer()
