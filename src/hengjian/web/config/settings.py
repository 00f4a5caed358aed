"""Settings of the site.

What an installation changes comes from the environment (docs/how-to/site.md):

``HENGJIAN_DATA`` folder of the database, files and key (default ``./data``) · ``HENGJIAN_DATABASE`` address of a PostgreSQL
(default: SQLite in that folder) · ``HENGJIAN_HOSTS`` names the site answers to · ``HENGJIAN_HTTPS=1`` when served by HTTPS.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HENGJIAN_DATA", "data")).resolve()
DATA.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """The key that signs sessions: given, or made once and kept readable for its owner only."""
    if given := os.environ.get("HENGJIAN_SECRET"):
        return given
    path = DATA / "secret.key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret()
DEBUG = os.environ.get("HENGJIAN_DEBUG") == "1"
HTTPS = os.environ.get("HENGJIAN_HTTPS") == "1"
ALLOWED_HOSTS = [name for name in os.environ.get("HENGJIAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if name]
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS if HTTPS]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "template_partials",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "hengjian.web.journal",
    "hengjian.web.people",
    "hengjian.web.library",
    "hengjian.web.projects",
    "hengjian.web.evidence",
    "hengjian.web.public",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "hengjian.web.people.gate.FirstPassword",
    "hengjian.web.people.errors.WrongWay",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hengjian.web.config.urls"
WSGI_APPLICATION = "hengjian.web.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hengjian.web.people.context.desk_of_user",
            ],
            "builtins": ["hengjian.web.templatetags.shown"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("HENGJIAN_DATABASE", f"sqlite:///{(DATA / 'hengjian.sqlite3').as_posix()}"),
        conn_max_age=600,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a writer waits for its turn at the start of a transaction instead of failing in the middle of it.
    DATABASES["default"]["ENGINE"] = "hengjian.web.config.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    # Pages ask short questions: to start helpers or to compile a plan takes longer than the answer.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options.setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "projects:home"
LOGOUT_REDIRECT_URL = "people:login"

# Lock-out: five wrong passwords for one name from one address close that pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_SENSITIVE_PARAMETERS: list[str] = []
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 8 * 3600  # a working day
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hengjian.web.people.errors.csrf_failed"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Uploads: what is larger than memory goes to disk; what is larger than the limit is refused with a message.
UPLOAD_LIMIT = 50 * 1024 * 1024
UPLOAD_FILES = 50
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a form of 600 rows, every cell a field
DATA_UPLOAD_MAX_NUMBER_FILES = (
    4 * UPLOAD_FILES
)  # beyond UPLOAD_FILES the page says so; beyond this the request is refused
FILE_UPLOAD_HANDLERS = ["hengjian.web.evidence.files.LimitedUpload"]
INTAKE_LEASE = 20  # seconds after which a silent worker is taken for dead
MEDIA_ROOT = DATA / "files"  # never served by the web server itself: every file goes through access.py

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or os.environ.get("HENGJIAN_TESTING") == "1":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "granian": {"level": "ERROR"}},
}
