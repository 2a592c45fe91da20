"""Notices become letters: what happened to one person within a minute is one letter, in the language that they read.

A letter is claimed before it is sent and crossed off afterwards. Who dies in between leaves it to the next, so it may be
sent twice; it then carries the same Message-ID, by which a mail program knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet

from mingyue.phrases import Language, in_language, say
from mingyue.web.notices import rules
from mingyue.web.notices.models import Notice
from mingyue.web.notices.telling import WHY, Who
from mingyue.web.people.models import User
from mingyue.web.people.queries import viewer_told
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.walls import seen_by

CLAIMED_FOR = timedelta(minutes=5)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent, and which notices stand in it."""

    mail_id: UUID
    attempt: int
    message: EmailMessage


def send_letter(person_id: UUID, *, clock: Clock, origin: str) -> bool:
    """The letter that is due to this person, if one is. Whether one left. origin: of the addresses in it."""
    with seen_by(person_id=person_id):
        letter = claimed(person_id, at=clock(), origin=origin)
    if letter is None:
        return False
    try:
        letter.message.send()
    except (OSError, SMTPException, ValueError):  # ValueError: an address or a header of which no letter can be made
        left = False
    else:
        left = True
    with seen_by(person_id=person_id):
        finish(letter, left=left, at=clock())
    return left


def claimed(person_id: UUID, *, at: datetime, origin: str) -> Letter | None:
    """Ours for a while; of two who ask at once one gets it."""
    with transaction.atomic():
        person = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=person_id).first()
        if person is None:
            return None
        waiting = Notice.objects.filter(person=person, mail_at__isnull=False)
        theirs = viewer_told(person).organisations if person.is_active else ()
        waiting.exclude(organisation_id__in=theirs).update(
            mail_at=None
        )  # nobody is told of what is not theirs any more
        due = waiting.filter(mail_at__lte=at).order_by("mail_at", "pk").first()
        if due is None:
            return None
        mail_id = due.mail_id or uuid4()
        waiting.filter(mail_id=due.mail_id).update(
            mail_id=mail_id, mail_at=at + CLAIMED_FOR, mail_attempts=F("mail_attempts") + 1
        )
        inside = _inside(mail_id)
        return Letter(mail_id, due.mail_attempts + 1, _message(person, list(inside), mail_id, origin))


def finish(letter: Letter, *, left: bool, at: datetime) -> None:
    """It left; or when it is tried again, if ever."""
    inside = _inside(letter.mail_id).filter(mailed_at=None)
    if left:
        inside.update(mail_at=None, mailed_at=at)
    else:
        inside.update(mail_at=rules.next_try(letter.attempt, at=at, chance=0.0))


def _inside(mail_id: UUID) -> QuerySet[Notice]:
    return Notice.objects.filter(mail_id=mail_id).select_related("event").order_by("at", "event__number", "pk")


def _message(person: User, notices: list[Notice], mail_id: UUID, origin: str) -> EmailMessage:
    language: Language = "zh" if person.language.startswith("zh") else "en"
    texts = [in_language(from_json(one.text), language) for one in notices]
    if len(notices) == 1:
        subject = texts[0]
    else:
        subject = in_language(say("{count} notices from Mingyue", count=len(notices)), language)
    told = [
        f"{text}\n{in_language(WHY[Who(one.who)], language)}\n{origin}/notices/{one.pk}/"
        for one, text in zip(notices, texts, strict=True)
    ]
    settings = f"{origin}/notices/settings/"
    last = in_language(
        say("What you hear of, and whether by e-mail, you choose here: {address}", address=settings), language
    )
    return EmailMessage(
        subject=" ".join(subject.split()),
        body="\n\n".join([*told, f"-- \n{last}\n"]),
        to=[person.email],
        headers={
            "Message-ID": f"<{mail_id}@{urlsplit(origin).hostname or 'mingyue.invalid'}>",
            "List-Unsubscribe": f"<{settings}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no machine answers it
        },
    )
