"""Django's settings, from the environment. Which variables there are: docs/reference/environment.md."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from mingyue.web.site.database import databases_of
from mingyue.web.site.environment import read_environment
from mingyue.web.site.mail import mail_settings

ENVIRONMENT = read_environment()
WEB = Path(__file__).parents[1]

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
_ORIGIN = urlsplit(ENVIRONMENT.origin)
ALLOWED_HOSTS = list(ENVIRONMENT.hosts) or ([] if ENVIRONMENT.production else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.origin] if ENVIRONMENT.origin else []

# --- apps ---------------------------------------------------------------------------------------------------------
OURS = [
    "records",
    "people",
    "facilities",
    "materials",
    "parts",
    "orders",
    "notices",
    "site",
]  # in the order in which they stand
INSTALLED_APPS = [
    *(f"mingyue.web.{name}" for name in OURS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django.contrib.humanize",  # allauth's page of sessions says how long ago
    "csp",
    "ninja",
]
MIDDLEWARE = [
    "mingyue.web.site.health.answered_first",
    "django.middleware.security.SecurityMiddleware",
    "mingyue.web.site.static_files.static_files",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mingyue.web.people.middleware.viewer_of_request",
    "mingyue.web.site.middleware.ErrorsAnswered",
]
ROOT_URLCONF = "mingyue.web.site.urls"
ASGI_APPLICATION = "mingyue.web.site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "site" / "templates"],  # before the apps', so that ours stand in for allauth's
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "mingyue.web.site.context.about_the_site",
            ],
            "builtins": ["mingyue.web.records.templatetags.saying"],
        },
    },
]

# --- database, work, files ----------------------------------------------------------------------------------------
DATABASES = databases_of(ENVIRONMENT)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Limits on signing in must hold across processes, so the cache lies in the database.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"},
}
PROCRASTINATE_DATABASE_ALIAS = "default"
MINGYUE_UPLOADS = ENVIRONMENT.home / "uploads"
UPLOAD_LIMIT_BYTES = 2 * 2**30
WEBHOOKS_PRIVATE = ENVIRONMENT.webhooks_private
UPLOADS_OPEN_LIMIT_BYTES = 20 * 2**30  # of one organisation, all that is on its way together
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20  # one piece of an upload; see records/uploads.py
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
# What one job of the engine may use up, in a process of its own: see parts/child.py.
ENGINE_LIMITS = {
    "memory_bytes": max(6 * 2**30, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4),
    "cpu_s": 4 * 3600,
    "wall_s": 2 * 3600.0,
}


def _storage_of_blobs(place: str) -> dict[str, Any]:
    if not place.startswith("s3://"):
        return {"BACKEND": "mingyue.web.records.storage.FolderStorage", "OPTIONS": {"location": place}}
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    options = {"bucket_name": bucket, "location": prefix, "file_overwrite": False, "default_acl": None}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": _storage_of_blobs(ENVIRONMENT.blobs),
    "blobs": _storage_of_blobs(ENVIRONMENT.blobs),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.home / "static"
STATICFILES_DIRS = [WEB / "site" / "static"]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_MAX_AGE = 300  # names carry no digest, so a new release is seen after five minutes

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_CODE = "en"
LANGUAGE_COOKIE_NAME = "mingyue_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "mingyue.web.people.passwords.LongEnoughValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "mingyue.web.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "mingyue.web.people.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if ENVIRONMENT.email_url else "optional"  # without mail nobody could confirm
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = not ENVIRONMENT.email_url  # without mail nobody could confirm an address first
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.production
MFA_TOTP_ISSUER = "Mingyue"
MFA_FORMS = {
    "add_webauthn": "mingyue.web.people.key_forms.AddKeyForm",
    "edit_webauthn": "mingyue.web.people.key_forms.RenameKeyForm",
}
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = (
    json.loads(Path(ENVIRONMENT.oidc_file).read_text(encoding="utf-8")) if ENVIRONMENT.oidc_file else {}
)
SOCIALACCOUNT_ONLY = False
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
vars().update(mail_settings(ENVIRONMENT))

# --- what a browser may do ----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],  # the nonce is for the one import map that modules need
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
_SECURE = _ORIGIN.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = _SECURE
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]  # asked from inside, past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.behind_proxy else None
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "mingyue.web.site.logs.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # what a visitor mistyped is no news
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # nor is a name that is not ours
        "procrastinate": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
    },
}
