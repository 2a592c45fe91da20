"""What a webhook wants, what is no address, and when it is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.web.notices import rules
from mingyue.web.notices.models import Group
from mingyue.web.notices.telling import RULES, WHY, Side, Who, rules_for
from tests.web.conftest import NOW

PAUSES_S = [10, 60, 300, 1800, 7200, 21600, 43200, 86400]


@given(st.integers(1, 20), st.floats(0, 1))
def test_after_each_failure_it_waits_longer_and_in_the_end_for_ever(failures: int, chance: float) -> None:
    again = rules.next_try(failures, at=NOW, chance=chance)

    if failures > len(PAUSES_S):
        assert again is None
    else:
        assert again is not None
        waits = (again - NOW).total_seconds()
        assert PAUSES_S[failures - 1] <= waits <= PAUSES_S[failures - 1] * 1.1 + 1e-5


def test_it_is_tried_for_less_long_than_a_webhook_may_fail() -> None:
    assert sum(rules.PAUSES, timedelta()) * 1.1 < rules.GIVES_UP_AFTER


@pytest.mark.parametrize(
    ("kinds", "what", "wanted"),
    [
        ([], "quote.asked", True),
        (["quote.*"], "quote.asked", True),
        (["quote.*"], "quotes.asked", False),
        (["order.billed", "quote.*"], "order.billed", True),
        (["order.billed"], "order.paid", False),
    ],
)
def test_a_webhook_wants_what_it_names(kinds: list[str], what: str, wanted: bool) -> None:
    assert rules.wants(kinds, what) is wanted


@pytest.mark.parametrize("kind", ["*", "quote", "quote.", "Quote.asked", "quote.asked; x", "quote.*.x", "quote.**", ""])
def test_what_is_no_kind_is_refused(kind: str) -> None:
    assert [str(one) for one in rules.why_not_kinds([kind])] == [
        f"{kind} is no kind of event; write it as order.billed or quote.*."
    ]


def test_every_kind_that_somebody_is_told_of_is_one() -> None:
    assert rules.why_not_kinds([*RULES, rules.TEST][:40]) == []


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "https://", "https:///path", "https://a b/", "https://a/\n", "https://exämple.org/", "https://[::1",
        "https://a:99999/", "https://a:0/", f"https://a/{'x' * 500}", "ftp://a/", "http://a/", "javascript:alert(1)",
        "https://user:secret@a/", "https://user@a/", "https://a/#part", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_receiver_is_refused(url: str) -> None:
    assert rules.why_not_url(url, private=False)


@pytest.mark.parametrize(
    "url", ["https://receiver.example.org/hook", "https://a:8443/x?y=z", "https://xn--exmple-cua.org"]
)
def test_an_address_by_https_is_taken(url: str) -> None:
    assert rules.why_not_url(url, private=False) == []


def test_http_is_for_those_who_develop() -> None:
    assert rules.why_not_url("http://127.0.0.1:8000/", private=True) == []


# --- the table of who is told of what -----------------------------------------------------------------------------


def test_everybody_who_is_told_is_told_why() -> None:
    assert set(WHY) == set(Who)
    assert {rule.group for told in RULES.values() for rule in told} == set(Group)


def test_what_is_paid_concerns_no_facility_and_what_is_reviewed_no_customer() -> None:
    customer, provider = frozenset({Side.CUSTOMER}), frozenset({Side.PROVIDER})

    assert rules_for("order.paid", sides=provider, facts={}) == ()
    assert rules_for("quote.review_asked", sides=customer, facts={}) == ()
    assert len(rules_for("quote.approved", sides=customer | provider, facts={})) == 2
    assert rules_for("nothing.happened", sides=customer, facts={}) == ()
