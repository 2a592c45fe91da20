"""What a customer asks of the platform about prices, orders and money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from mingyue.client.asking import Asking, Identified, id_of
from mingyue.client.calls import ApiError
from mingyue.client.deals import (
    Entry,
    Invoice,
    Numbered,
    Option,
    Order,
    OrderBrief,
    Project,
    Quote,
    QuoteBrief,
    ServiceClass,
    Tariff,
)
from mingyue.client.things import Check, Me, Part
from mingyue.client.wishes import checks_of, options_of, several
from mingyue.errors import BadInputError
from mingyue.phrases import say

_NUMBER = re.compile(r"[QO](-[0-9A-HJKMNP-TV-Z]{4}){2}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Ordering(Asking):
    """A quote or an order may be given as the thing, its id or its number; an option as itself or its number from 0."""

    # --- prices ---------------------------------------------------------------------------------------------------

    def service_classes(self, facility: str) -> list[ServiceClass]:
        """How fast a facility can be; it is named by its slug."""
        return self._read(f"/api/facilities/{facility}/service-classes", list[ServiceClass])

    def tariffs(self, facility: str) -> list[Tariff]:
        """What a facility asks for, the newest version first."""
        return self._read(f"/api/facilities/{facility}/tariffs", list[Tariff])

    def ask_quote(
        self,
        part: Part | str,
        *,
        service_class: str | Sequence[str] = (),
        quantity: int | Sequence[int] = 1,
        inspection: str | Sequence[str] = "visual",
        tolerance_um: int | Sequence[int] = (),
        checks: Sequence[Check] = (),
        facility: str = "",
    ) -> Quote:
        """What a part costs, with an option for each combination of what is said, up to twelve.

        service_class: by name or id; the one that the facility names first where nothing is said, as its widest tolerance.
        inspection: visual, dimensional or full. checks: ways of making it; all finished ones at one facility where none are
        said, without those by which something fails.
        """
        if not checks:
            checks = checks_of(self._part(part), facility=facility)
        place = checks[0].machine["facility_slug"]
        options = options_of(
            checks, tariff=self._tariff_that_counts(place), classes=self.service_classes(place),
            wanted=several(service_class), quantities=several(quantity), inspections=several(inspection),
            tolerances_um=several(tolerance_um),
        )  # fmt: skip
        return self._act("/api/quotes", Quote, options=options)

    def _part(self, part: Part | str) -> Part:
        return self._read(f"/api/parts/{part}", Part) if isinstance(part, str) else part

    def _tariff_that_counts(self, facility: str) -> Tariff:
        for tariff in self.tariffs(facility):
            if tariff.counts:
                return tariff
        raise BadInputError(
            say("The facility has published no prices."), remedy=say("Choose another facility, or ask its people.")
        )

    def quotes(self, *, state: str = "", part: Part | str = "", organisation: str = "") -> Iterator[QuoteBrief]:
        """Those that one may see, the newest first; page after page as they are asked for."""
        return self._pages("/api/quotes", QuoteBrief, state=state, part=id_of(part), organisation=organisation)

    def quote(self, quote: Identified | str) -> Quote:
        """One quote as it is now."""
        return self._read(self._quote(quote), Quote)

    def say(self, quote: Identified | str, text: str) -> Quote:
        """Say something to the other side."""
        return self._act(f"{self._quote(quote)}/messages", Quote, text=text)

    def ask_review(self, quote: Identified | str, text: str) -> Quote:
        """Have a person of the facility look at an offer, and say why."""
        return self._act(f"{self._quote(quote)}/review", Quote, text=text)

    def withdraw(self, quote: Identified | str, why: str = "") -> Quote:
        """It is wanted no more."""
        return self._act(f"{self._quote(quote)}/withdraw", Quote, why=why)

    def approve(self, quote: Identified | str, option: Option | int, project: Identified | str) -> Quote:
        """Let a project pay for an option. project: itself, its id or its number. For budget holders."""
        said = {"option": _number(option), "project": self._project(project)}
        return self._act(f"{self._quote(quote)}/approve", Quote, **said)

    def withdraw_approval(self, quote: Identified | str) -> Quote:
        """The project's money is free again."""
        return self._act(f"{self._quote(quote)}/withdraw-approval", Quote)

    def accept(self, quote: Identified | str, option: Option | int) -> Order:
        """Order the option that was approved. Doing it again gives the same order."""
        return self._act(f"{self._quote(quote)}/accept", Order, option=_number(option))

    def again(self, quote: Identified | str, *, withdraw: bool = False) -> Quote | None:
        """The same for the newest revision of the part; None while its checks run: ask once more when they are done.

        withdraw: this quote, if it is still open, as soon as there is one in its place.
        """
        told = self._post(f"{self._quote(quote)}/again", {"withdraw": withdraw})["quote"]
        return None if told is None else msgspec.convert(told, Quote, strict=False)

    # --- orders ---------------------------------------------------------------------------------------------------

    def orders(self, *, state: str = "", organisation: str = "") -> Iterator[OrderBrief]:
        """Those that one may see, the newest first."""
        return self._pages("/api/orders", OrderBrief, state=state, organisation=organisation)

    def order(self, order: Identified | str) -> Order:
        """One order as it is now."""
        return self._read(self._order(order), Order)

    def cancel(self, order: Identified | str) -> Order:
        """Step back. What that costs, `due_on_cancelling_fen` says before."""
        return self._act(f"{self._order(order)}/cancel", Order)

    def invoices(self, order: Identified | str = "", *, overdue: bool = False) -> Iterator[Invoice]:
        """Invoices and credit notes, the newest first: of one order, or of all; or only those that are overdue."""
        late = "true" if overdue else ""
        return self._pages("/api/invoices", Invoice, order=self._order_id(order) if order else "", overdue=late)

    def invoice(self, invoice_id: str) -> Invoice:
        """One of them."""
        return self._read(f"/api/invoices/{invoice_id}", Invoice)

    def ledger(self, order: Identified | str = "") -> Iterator[Entry]:
        """What was booked, the newest first: about one order, or about all."""
        return self._pages("/api/ledger", Entry, order=self._order_id(order) if order else "")

    def ledger_csv(self, order: Identified | str = "") -> str:
        """The same as a table for a finance office, the oldest first."""
        query = f"?order={self._order_id(order)}" if order else ""
        return self._call("GET", f"/api/ledger.csv{query}").body.decode("utf-8-sig")

    # --- projects -------------------------------------------------------------------------------------------------

    def projects(self, *, organisation: str = "") -> Iterator[Project]:
        """What pays, to budget holders and owners."""
        return self._pages("/api/projects", Project, organisation=organisation)

    def open_project(self, number: str, *, name: str, budget_fen: int, organisation: str = "") -> Project:
        """Something that may pay. organisation: its slug; not needed where the key's is meant. For budget holders."""
        whose = organisation or self._read("/api/me", Me).organisations[0].slug
        return self._act("/api/projects", Project, organisation=whose, number=number, name=name, budget_fen=budget_fen)

    def change_budget(self, project: Project, budget_fen: int) -> Project:
        """More or less, where nobody changed it since it was read."""
        changed = self._call(
            "PATCH", f"/api/projects/{project.id}", body={"budget_fen": budget_fen}, again=False,
            headers={"If-Match": f'"{project.version}"'},
        )  # fmt: skip
        return msgspec.convert(changed.json(), Project, strict=False)

    def close_project(self, project: Identified | str) -> Project:
        """It pays for nothing new."""
        return self._act(f"/api/projects/{self._project(project)}/close", Project)

    # --- what is meant --------------------------------------------------------------------------------------------

    def _quote(self, quote: Identified | str) -> str:
        return f"/api/quotes/{self._meant('quotes', 'Q-', quote)}"

    def _order(self, order: Identified | str) -> str:
        return f"/api/orders/{self._order_id(order)}"

    def _order_id(self, order: Identified | str) -> str:
        return self._meant("orders", "O-", order)

    def _meant(self, kind: str, begins: str, thing: Identified | str) -> str:
        """Its id; people say a number, which is looked up."""
        said = id_of(thing)
        if not said.upper().startswith(begins):
            return said
        if _NUMBER.fullmatch(said.upper()):
            for found in self._pages(f"/api/{kind}", Numbered, number=said.upper()):
                return found.id
        raise _nothing(said)

    def _project(self, project: Identified | str) -> str:
        if not isinstance(project, str):
            return project.id
        for one in self.projects():
            if one.number == project:
                return one.id
        if _ID.fullmatch(project):
            return project
        raise _nothing(project)


def _number(option: Option | int) -> int:
    return option if isinstance(option, int) else option.number


def _nothing(said: str) -> ApiError:
    error = ApiError(
        say("There is nothing of the number {number} that you may see.", number=said),
        remedy=say("Check the number, and whose key it is."),
    )
    error.status, error.kind = 404, "not-found"
    return error
