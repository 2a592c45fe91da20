"""What both sides of a deal are called at this moment, as JSON to be frozen with what is promised or issued.

customer: id kind name name_zh and the texts of documents; provider: the same, and where it is paid. The customer's bank is
nobody's affair. What was frozen before there were such texts lacks them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from mingyue.web.orders.names import both_names
from mingyue.web.people.models import Organisation, Party

Json = dict[str, Any]
_CALLED = ("legal_name", "legal_name_zh", "address", "address_zh", "tax_number", "accounts_email")
_PAID = ("bank_name", "bank_account")


def parties_now(*, customer_id: UUID, provider_id: UUID) -> Json:
    """Of both. Who asks acts for both: the walls show what an organisation is called on documents to nobody else."""
    found = Organisation.objects.in_bulk([customer_id, provider_id])
    said = {one.organisation_id: one for one in Party.objects.filter(organisation__in=found)}

    def called(side: UUID, texts: tuple[str, ...]) -> Json:
        party = said.get(side) or Party()
        organisation = found[side]
        names = {"id": str(side), "kind": organisation.kind, **both_names(organisation)}
        return names | {name: getattr(party, name) for name in texts}

    return {"customer": called(customer_id, _CALLED), "provider": called(provider_id, _CALLED + _PAID)}
