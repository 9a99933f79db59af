import base64
import hmac
import os
import sys

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

# Of netcore-hook init fastapi: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

if not os.environ.get("HOOK_USER") or not os.environ.get("HOOK_PASSWORD"):
    sys.exit("Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.")

MAX_BODY_BYTES = 10 * 1024 * 1024


def require_credentials(request: Request):
    scheme, _, code = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(code)
    except ValueError:
        given = b""
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, right):
        challenge = {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}
        raise HTTPException(401, headers=challenge)


async def read_body(request):
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


app = FastAPI(openapi_url=None)


@app.post("/webhooks/netcore", dependencies=[Depends(require_credentials)])
async def hook(request: Request):
    body = await read_body(request)
    try:
        read_payload(body)  # raises for anything but panels with their events, or an empty body
    except (ValueError, RecursionError):
        return Response(status_code=400)
    # In a thread, since it waits for the disk.
    await run_in_threadpool(store_call, body)
    return Response(status_code=200)


start_worker()
if __name__ == "__main__":
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "3000"))
    uvicorn.run(app, host=host, port=port, access_log=False)
