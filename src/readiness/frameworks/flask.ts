import type { Framework } from './framework.js';

const handler = `# Of netcore-hook init flask: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

@app.post("/webhooks/netcore", strict_slashes=False)
def hook():
    if (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]:
        return "", 413  # Flask 2.2 reads a larger body all the same
    body = request.get_data()
    try:
        read_payload(body)  # raises for anything but panels with their events, or an empty body
    except (ValueError, RecursionError):
        return "", 400
    store_call(body)
    return "", 200`;

const answer = `# Of netcore-hook init flask: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

store_call(body)
return "", 200`;

export const flask: Framework = {
  id: 'flask',
  name: 'Flask',
  tested: true,
  snippets: {
    body_limit: `app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024

if (request.content_length or 0) > app.config["MAX_CONTENT_LENGTH"]:
    return "", 413  # Flask 2.2 reads a larger body all the same`,
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    exact_path: handler,
    basic_auth: `@app.before_request
def require_credentials():
    given = request.authorization
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if given is not None and given.type == "basic":
        if hmac.compare_digest(f"{given.username}:{given.password}".encode(), right):
            return None
    return "", 401, {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}`,
  },
};
