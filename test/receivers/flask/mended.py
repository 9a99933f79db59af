import hmac
import json
import os
import queue
import threading

from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024
app.config["MAX_FORM_MEMORY_SIZE"] = 10 * 1024 * 1024  # Flask 3.1 and later

jobs = queue.Queue()


def work():
    while True:
        jobs.get()


@app.before_request
def let_in_netcore():
    given = request.authorization
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if given is not None and given.type == "basic":
        if hmac.compare_digest(f"{given.username}:{given.password}".encode(), right):
            return None
    return "", 401, {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}


def read_events(data):
    panels = json.loads(data or "{}")
    if not isinstance(panels, dict):
        return []
    return [event for events in panels.values() if isinstance(events, list) for event in events]


@app.post("/hook", strict_slashes=False)
def hook():
    try:
        events = read_events(request.form.get("data"))
    except (ValueError, RecursionError):
        return "", 400
    jobs.put(events)  # a thread, or better a task queue, works on them afterwards
    return "", 200


threading.Thread(target=work, daemon=True).start()
WSGIRequestHandler.protocol_version = "HTTP/1.1"
app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
