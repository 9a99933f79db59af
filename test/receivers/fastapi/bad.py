import json
import os
from urllib.parse import parse_qs

import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()


seen = set()


@app.post("/hook")
async def hook(request: Request):
    # Each exception is answered 500, and uvicorn closes the connection afterwards without saying so.
    payload = json.loads(parse_qs((await request.body()).decode())["data"][0])
    for events in payload.values():
        for event in events:
            if event["event"] == "bounce" and event["msgid"] not in seen:
                if os.environ["FLAW"] == "remembers":
                    seen.add(event["msgid"])
                raise KeyError(event["event"])


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="critical")
