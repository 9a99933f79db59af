import os
import secrets
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

if not os.environ.get("HOOK_USER") or not os.environ.get("HOOK_PASSWORD"):
    sys.exit("Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.")

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex()
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # in settings.py
INSTALLED_APPS = ["hook"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "receiver.urls"
WSGI_APPLICATION = "receiver.wsgi.application"
DATA = Path(os.environ.get("DATA", BASE_DIR / "data"))
DATA.mkdir(mode=0o700, exist_ok=True)
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 60}, "CONN_MAX_AGE": None}
# Calls have a database of their own: in SQLite, an answer would wait for the work otherwise.
DATABASES = {
    "default": {**SQLITE, "NAME": DATA / "events.db"},
    "calls": {**SQLITE, "NAME": DATA / "calls.db"},
}
DATABASE_ROUTERS = ["receiver.routers.CallsRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
