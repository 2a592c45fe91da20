"""Persons, the organisations they belong to, and what lets somebody in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from mingyue.web.records.language import current_language, said


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **others: Any) -> User:
        """A user who can sign in."""
        user = self.model(email=self.normalize_email(email).lower(), **others)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. What they may do follows from their memberships, never from a flag here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=7, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_an_address")]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """An institute, firm, hospital…: whose things the platform keeps apart from everybody else's."""

    class Kind(models.TextChoices):
        """Prices and matching depend on it."""

        INSTITUTE = "institute", said("Institute")
        UNIVERSITY = "university", said("University")
        COMPANY = "company", said("Company")
        HOSPITAL = "hospital", said("Hospital")
        INVESTOR = "investor", said("Investor")
        AUTHORITY = "authority", said("Authority")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    about = models.TextField(max_length=2000, blank=True)
    about_zh = models.TextField(max_length=2000, blank=True)
    runs_platform = models.BooleanField(default=False)
    demonstration = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["runs_platform"], condition=models.Q(runs_platform=True), name="one_runs_the_platform"
            )
        ]

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (current_language() == "zh" and self.name_zh) or self.name

    @property
    def description(self) -> str:
        """What is told about it, in the reader's language."""
        return (current_language() == "zh" and self.about_zh) or self.about

    def __str__(self) -> str:
        return self.title


class Owned(models.Model):
    """A row that belongs to an organisation; PostgreSQL shows it to nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Party(Owned):
    """What an organisation is called on documents, and where it is paid: all of it may be empty. It is the organisation's
    own; others read what was frozen into their documents. Its version is the organisation's."""

    legal_name = models.CharField(max_length=200, blank=True)
    legal_name_zh = models.CharField(max_length=200, blank=True)
    address = models.TextField(max_length=300, blank=True)
    address_zh = models.TextField(max_length=300, blank=True)
    tax_number = models.CharField(max_length=30, blank=True)
    bank_name = models.CharField(max_length=120, blank=True)
    bank_account = models.CharField(max_length=60, blank=True)
    accounts_email = models.EmailField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_party_an_organisation")]


class Role(models.TextChoices):
    """What a member may do beyond being one."""

    OWNER = "owner", said("Owner")  # members, invitations, the organisation's page
    MANAGER = "manager", said("Facility manager")  # facilities, machines, resins
    OPERATOR = "operator", said("Operator")  # states of machines, downtime, batches
    BUDGET_HOLDER = "budget_holder", said("Budget holder")
    MEMBER = "member", said("Member")
    OFFICE = "office", said("Park office")  # only where the organisation runs the platform


class Membership(Owned):
    """A person in an organisation, with roles, from then until it ended."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=14, choices=Role.choices))
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=models.Q(ended_at=None), name="one_membership_at_a_time"
            )
        ]


class Invitation(Owned):
    """A letter that lets its reader in, once. Only the digest of its token is kept."""

    email = models.EmailField()
    roles = ArrayField(models.CharField(max_length=14, choices=Role.choices))
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def is_open(self, at: datetime) -> bool:
        """Whether it still lets somebody in."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at


class ApiKey(Owned):
    """A program's way in, for one organisation and the scopes named. Only the digest of its secret is kept."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
