"""Letters: in the reader's language, one for what happened within a minute, never about what was read or switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from mingyue.web.notices import mailing, rules, services
from mingyue.web.notices.mailing import send_letter
from mingyue.web.notices.models import Notice
from mingyue.web.orders import services as orders
from mingyue.web.people.models import Membership, User
from mingyue.web.people.services import note_language
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, of
from tests.web.orders.conftest import Deal

ORIGIN = "https://print.example.org"
MINUTE = timedelta(minutes=1)
Letters = Callable[[], list[EmailMessage]]


@pytest.fixture
def letters(settings: Any, tmp_path: Path) -> Letters:
    """What lies in the letter box, as a mail program reads it; the oldest first."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def read() -> list[EmailMessage]:
        files = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        # Letters of one second may share a file, each with a line of dashes below it.
        texts = [text for file in files for text in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n") if text.strip()]
        return [message_from_bytes(text, policy=policy.default) for text in texts]  # type: ignore[misc]

    return read


def send(person: User, *, at: datetime = NOW + MINUTE) -> bool:
    return send_letter(person.pk, clock=lambda: at, origin=ORIGIN)


def notices_to(person: User) -> list[Notice]:
    with seen_by(person_id=person.pk):
        return list(Notice.objects.order_by("event__number"))


def test_a_letter_says_what_happened_why_it_is_told_and_where_to_look(
    told_deal: Deal, tell_all: Tell, letters: Letters
) -> None:
    quote = told_deal.quote()
    tell_all()
    assert not send(told_deal.holder, at=NOW + MINUTE - timedelta(seconds=1))

    assert send(told_deal.holder)
    assert not send(told_deal.holder)

    (letter,) = letters()
    (notice,) = notices_to(told_deal.holder)
    assert (letter["To"], letter["From"]) == ("holder@example.org", "Mingyue <mingyue@localhost>")
    assert letter["Subject"] == f"Quote {quote.number} waits for the approval of a budget holder."
    assert letter["List-Unsubscribe"] == f"<{ORIGIN}/notices/settings/>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == f"<{notice.mail_id}@print.example.org>"
    text = letter.get_content()
    assert f"{letter['Subject']}\nYou decide about budgets.\n{ORIGIN}/notices/{notice.pk}/" in text
    assert f"you choose here: {ORIGIN}/notices/settings/" in text


def test_a_letter_is_in_the_language_of_its_reader(told_deal: Deal, tell_all: Tell, letters: Letters) -> None:
    note_language(person_id=told_deal.holder.pk, language="zh-hans")
    quote = told_deal.quote()
    tell_all()
    send(told_deal.holder)

    (letter,) = letters()
    assert letter["Subject"].strip() == f"报价 {quote.number} 等待经费负责人批准。"
    assert "您负责经费审批。" in letter.get_content()
    assert "you" not in letter.get_content().lower()


def test_what_happens_within_a_minute_is_one_letter(told_deal: Deal, tell_all: Tell, letters: Letters) -> None:
    first = told_deal.quote()
    tell_all()
    second = told_deal.quote()
    tell_all(NOW + timedelta(seconds=50))

    assert send(told_deal.holder)
    assert not send(told_deal.holder, at=NOW + 5 * MINUTE)

    (letter,) = letters()
    assert letter["Subject"] == "2 notices from Mingyue"
    assert letter.get_content().index(first.number) < letter.get_content().index(second.number)


def test_about_what_was_read_meanwhile_no_letter_is_written(told_deal: Deal, tell_all: Tell, letters: Letters) -> None:
    told_deal.quote()
    tell_all()
    (notice,) = notices_to(told_deal.holder)
    services.open_notice(actor=told_deal.be(told_deal.holder), notice_id=notice.pk, at=NOW)

    assert not send(told_deal.holder)
    assert letters() == []


def test_who_dies_after_sending_sends_again_as_the_same_letter(
    told_deal: Deal, tell_all: Tell, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_deal.quote()
    tell_all()

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(mailing, "finish", die)
        with pytest.raises(KeyboardInterrupt):
            send(told_deal.holder)
    told_deal.quote()  # what happens now does not change the letter that left
    tell_all(NOW + MINUTE)
    assert send(told_deal.holder, at=NOW + MINUTE + mailing.CLAIMED_FOR)
    send(told_deal.holder, at=NOW + MINUTE + mailing.CLAIMED_FOR)

    ids = [letter["Message-ID"] for letter in letters()]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    texts = [letter.get_content() for letter in letters()]
    assert len(set(texts)) == 2


def test_a_letter_that_does_not_leave_is_tried_again_and_in_the_end_not(
    told_deal: Deal, tell_all: Tell, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    told_deal.quote()
    tell_all()
    tries, due = 0, notices_to(told_deal.holder)[0].mail_at
    while due is not None:
        tries += 1
        assert not send(told_deal.holder, at=due)
        due = notices_to(told_deal.holder)[0].mail_at

    assert tries == 9
    assert notices_to(told_deal.holder)[0].mailed_at is None


def test_an_address_to_which_no_letter_can_be_written_is_given_up_like_one_that_does_not_answer(
    told_deal: Deal, tell_all: Tell
) -> None:
    told_deal.quote()
    tell_all()
    User.objects.filter(pk=told_deal.holder.pk).update(email="two\nlines@example.org")

    assert not send(told_deal.holder)

    (notice,) = notices_to(told_deal.holder)
    assert (mail.outbox, notice.mailed_at) == ([], None)
    assert notice.mail_at == NOW + MINUTE + rules.PAUSES[0]


@pytest.mark.parametrize("gone", ["membership", "person"])
def test_who_left_gets_no_letter(told_deal: Deal, tell_all: Tell, letters: Letters, gone: str) -> None:
    told_deal.quote()
    tell_all()
    if gone == "membership":
        with of(told_deal.cast.institute):
            Membership.objects.filter(person=told_deal.holder).update(ended_at=NOW)
    else:
        User.objects.filter(pk=told_deal.holder.pk).update(is_active=False)

    assert not send(told_deal.holder)
    assert letters() == []


def test_about_groups_that_are_off_no_letter_is_written(told_deal: Deal, tell_all: Tell) -> None:
    services.set_wishes(actor=told_deal.be(told_deal.cast.owner), on_page=["quotes"], by_mail=["orders"])
    order = told_deal.ordered()
    orders.bill_order(actor=told_deal.be(told_deal.cast.manager), order_id=order.pk, at=NOW)
    tell_all()

    assert send(told_deal.cast.owner)

    (letter,) = mail.outbox
    assert letter.subject == f"Order {order.number} was billed: ¥636.92."
