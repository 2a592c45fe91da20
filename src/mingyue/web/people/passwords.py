"""How long a password must be, said in both languages: Django's own refusal has no Chinese."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator

from mingyue.phrases import say
from mingyue.web.records.language import in_current_language


class LongEnoughValidator(MinimumLengthValidator):
    """Django's rule in our words."""

    def get_error_message(self) -> str:
        return in_current_language(
            say("This password is too short. It needs at least {count} characters.", count=self.min_length)
        )
