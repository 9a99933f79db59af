import json
import os
import sys
import time

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

flaw = os.environ.get("FLAW")
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=1_000_000 if flaw == "limit" else 2_621_440,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a test",
)


def hook(request):
    data = request.POST.get("data")
    if flaw == "panel":
        json.loads(data or '{"shop": []}')["shop"]
    if flaw == "raises":
        for events in json.loads(data).values():
            if any(event["event"] == "bounce" for event in events):
                raise KeyError("bounce")
    if flaw == "slow":
        time.sleep(1.1)
    return HttpResponse(status=201 if flaw == "created" else 200)


if flaw != "csrf":
    hook = csrf_exempt(hook)
where = {"route": "webhook", "slash": "hook/"}.get(flaw, "hook")
urlpatterns = [path(where, hook)]

address = "127.0.0.1:" + os.environ["PORT"]
execute_from_command_line([sys.argv[0], "runserver", "--noreload", address])
