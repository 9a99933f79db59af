import base64
import hmac
import os

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

# Of netcore-hook init django: store calls on the disk, and work on them afterwards.
from hook.models import Call
from payload import read_payload


def require_credentials(view):
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


@csrf_exempt  # of django.views.decorators.csrf
@require_POST  # of django.views.decorators.http
@require_credentials
def hook(request):
    body = request.body
    try:
        read_payload(body)  # raises for anything but panels with their events, or an empty body
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    Call.objects.create(body=body)
    return HttpResponse(status=200)
