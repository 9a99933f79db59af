import type { Framework } from './framework.js';

const view = `@csrf_exempt  # of django.views.decorators.csrf
@require_POST  # of django.views.decorators.http
@let_in_netcore
def hook(request):
    try:
        events = read_events(request.POST.get("data"))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    jobs.put(events)  # a thread, or better a task queue, works on them afterwards
    return HttpResponse(status=200)`;

const route = 'urlpatterns = [path("hook", hook), path("hook/", hook)]';

const answer = `jobs.put(events)  # a thread, or better a task queue, works on them afterwards
return HttpResponse(status=200)`;

export const django: Framework = {
  id: 'django',
  name: 'Django',
  tested: true,
  snippets: {
    body_limit: 'DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # in settings.py',
    read_events: `def read_events(data):
    panels = json.loads(data or "{}")
    if not isinstance(panels, dict):
        return []
    return [event for events in panels.values() if isinstance(events, list) for event in events]`,
    answer_200: answer,
    answer_first: answer,
    no_csrf: view,
    // APPEND_SLASH redirects a path that only matches with a trailing slash.
    exact_path: route,
    route,
    basic_auth: `def let_in_netcore(view):
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
    return guarded`,
  },
};
