import type { Framework } from './framework.js';

const view = `# Of netcore-hook init django: store calls on the disk, and work on them afterwards.
from hook.models import Call
from payload import read_payload

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
    return HttpResponse(status=200)`;

const urls = 'urlpatterns = [path("webhooks/netcore", hook), path("webhooks/netcore/", hook)]';

const route = `# Of netcore-hook init django: store calls on the disk, and work on them afterwards.
from hook.models import Call
from payload import read_payload

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

urlpatterns = [path("webhooks/netcore", hook), path("webhooks/netcore/", hook)]`;

const answer = `# Of netcore-hook init django: store calls on the disk, and work on them afterwards.
from hook.models import Call
from payload import read_payload

Call.objects.create(body=body)
return HttpResponse(status=200)`;

export const django: Framework = {
  id: 'django',
  name: 'Django',
  tested: true,
  snippets: {
    body_limit: 'DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # in settings.py',
    read_events: view,
    answer_200: answer,
    answer_first: answer,
    no_csrf: view,
    // APPEND_SLASH redirects a path that only matches with a trailing slash.
    exact_path: urls,
    route: route,
    basic_auth: `def require_credentials(view):
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
def hook(request):`,
  },
};
