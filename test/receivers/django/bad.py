import json
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="of a test")


@csrf_exempt
def hook(request):
    for events in json.loads(request.POST.get("data")).values():
        if any(event["event"] == "bounce" for event in events):
            raise KeyError("bounce")
    return HttpResponse()


urlpatterns = [path("hook", hook)]

address = "127.0.0.1:" + os.environ["PORT"]
execute_from_command_line([sys.argv[0], "runserver", "--noreload", address])
