import hmac
import os
import sys

from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler

# Of netcore-hook init flask: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

if not os.environ.get("HOOK_USER") or not os.environ.get("HOOK_PASSWORD"):
    sys.exit("Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.")

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024


@app.before_request
def require_credentials():
    given = request.authorization
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if given is not None and given.type == "basic":
        if hmac.compare_digest(f"{given.username}:{given.password}".encode(), right):
            return None
    return "", 401, {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}


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
    return "", 200


start_worker()
if __name__ == "__main__":
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000"))
    WSGIRequestHandler.protocol_version = "HTTP/1.1"
    app.run(host=host, port=port, threaded=True)
