import type { Framework } from './framework.js';

const handler = `@app.post("/hook", strict_slashes=False)
def hook():
    try:
        events = read_events(request.form.get("data"))
    except (ValueError, RecursionError):
        return "", 400
    jobs.put(events)  # a thread, or better a task queue, works on them afterwards
    return "", 200`;

export const flask: Framework = {
  id: 'flask',
  name: 'Flask',
  tested: true,
  snippets: {
    body_limit: `app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024
app.config["MAX_FORM_MEMORY_SIZE"] = 10 * 1024 * 1024  # Flask 3.1 and later`,
    read_events: `def read_events(data):
    panels = json.loads(data or "{}")
    if not isinstance(panels, dict):
        return []
    return [event for events in panels.values() if isinstance(events, list) for event in events]`,
    answer_200: handler,
    answer_first: handler,
    route: handler,
    exact_path: handler,
    basic_auth: `@app.before_request
def let_in_netcore():
    given = request.authorization
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if given is not None and given.type == "basic":
        if hmac.compare_digest(f"{given.username}:{given.password}".encode(), right):
            return None
    return "", 401, {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}`,
  },
};
