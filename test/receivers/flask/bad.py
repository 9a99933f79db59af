import json
import os
import time

from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler

flaw = os.environ.get("FLAW")
app = Flask(__name__)
if flaw == "limit":
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024


@app.post("/webhook" if flaw == "route" else "/hook/" if flaw == "slash" else "/hook")
def hook():
    request.form.get("data")
    if flaw == "form" and request.content_type != "application/json":
        return "", 415
    if flaw == "panel":
        json.loads(request.form.get("data", '{"shop": []}'))["shop"]
    if flaw == "slow":
        time.sleep(1.1)
    return "", 201 if flaw == "created" else 200


WSGIRequestHandler.protocol_version = "HTTP/1.1"
app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
