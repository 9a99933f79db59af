import base64
import hmac
import json
import os
import queue
import sys
import threading

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # in settings.py
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=DATA_UPLOAD_MAX_MEMORY_SIZE,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a test",
)

jobs = queue.Queue()


def work():
    while True:
        jobs.get()


def let_in_netcore(view):
    def guarded(request):
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(code)
        except ValueError:
            given = b""
        right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
        if scheme.lower() == "basic" and hmac.compare_digest(given, right):
            return view(request)
        refusal = HttpResponse(status=401)
        refusal["WWW-Authenticate"] = 'Basic realm="webhook", charset="UTF-8"'
        return refusal
    return guarded


def read_events(data):
    panels = json.loads(data or "{}")
    if not isinstance(panels, dict):
        return []
    return [event for events in panels.values() if isinstance(events, list) for event in events]


@csrf_exempt  # of django.views.decorators.csrf
@require_POST  # of django.views.decorators.http
@let_in_netcore
def hook(request):
    try:
        events = read_events(request.POST.get("data"))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    jobs.put(events)  # a thread, or better a task queue, works on them afterwards
    return HttpResponse(status=200)


urlpatterns = [path("hook", hook), path("hook/", hook)]

threading.Thread(target=work, daemon=True).start()
address = "127.0.0.1:" + os.environ["PORT"]
execute_from_command_line([sys.argv[0], "runserver", "--noreload", address])
