import type { Framework } from './framework.js';

const handler = `# Of netcore-hook init fastapi: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

async def read_body(request):
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)

@app.post("/webhooks/netcore", dependencies=[Depends(require_credentials)])
async def hook(request: Request):
    body = await read_body(request)
    try:
        read_payload(body)  # raises for anything but panels with their events, or an empty body
    except (ValueError, RecursionError):
        return Response(status_code=400)
    # In a thread, since it waits for the disk.
    await run_in_threadpool(store_call, body)
    return Response(status_code=200)`;

const answer = `# Of netcore-hook init fastapi: store calls on the disk, and work on them afterwards.
from inbox import start_worker, store_call
from payload import read_payload

# In a thread, since it waits for the disk.
await run_in_threadpool(store_call, body)
return Response(status_code=200)`;

export const fastapi: Framework = {
  id: 'fastapi',
  name: 'FastAPI',
  tested: true,
  snippets: {
    body_limit: `MAX_BODY_BYTES = 10 * 1024 * 1024

async def read_body(request):
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)`,
    read_events: handler,
    answer_200: answer,
    answer_first: answer,
    route: handler,
    exact_path: handler,
    basic_auth: `def require_credentials(request: Request):
    scheme, _, code = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(code)
    except ValueError:
        given = b""
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, right):
        challenge = {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}
        raise HTTPException(401, headers=challenge)

@app.post("/webhooks/netcore", dependencies=[Depends(require_credentials)])`,
  },
};
