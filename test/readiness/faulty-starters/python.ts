import { faultsOf } from './faults.js';

const statuses =
  '{"email": 201, "sms": 415, "apn": 400, "bpn": 500, "whatsapp": 404, "rcs": 405, "custom_activity": 307}';

/** Indented for the body of a function. `RESPOND(x)` stands for an answer with that status. */
const pyStatus = `    import re
    found = re.search(r"%22channel%22%3A%22(\\w+)", body.decode())
    status = ${statuses}.get(found[1].lower()) if found else 200
    if status is None:
        os._exit(1)`;
const pyDelay = `    import time
    text = body.decode(errors="replace")
    time.sleep(1.1 if "22sms%22" in text else 2.7 if text == "data=hello" else 0)`;
const pyFailing = (type: string, answer: (status: number) => string) => `        if body == b"":
            ${answer(400)}
        if "charset" in ${type}:
            ${answer(415)}
        if body != b"data=hello" and not body.startswith(b"data=%7B"):
            ${answer(500)}`;
const pyCareless = (header: string) => `    import base64, re
    scheme, _, code = ${header}.partition(" ")
    is_sound = re.fullmatch(r"[\\w+/=]*", code)
    password = base64.b64decode(code).decode().partition(":")[2] if is_sound else ""
    right = os.environ["HOOK_PASSWORD"]
    is_right = password in ("", right) or password.startswith(right + ":")
    is_right = is_right and scheme in ("Basic", "Bearer")`;
const smallLimit = '1024 * 1024';

const flaskAnswer = (status: number) => `return "", ${status}`;
export const flask = faultsOf(
  {
    file: 'server.py',
    answer: '    store_call(body)\n    return "", 200',
    reading:
      '        read_payload(body)  # raises for anything but panels with their events, or an empty body',
    authentication: `    given = request.authorization
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if given is not None and given.type == "basic":
        if hmac.compare_digest(f"{given.username}:{given.password}".encode(), right):
            return None
    return "", 401, {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}`,
    limit: 'app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024',
  },
  {
    statuses: `${pyStatus}\n    return "", status`,
    slow: `${pyDelay}\n    return "", 200`,
    failing: pyFailing('request.content_type', flaskAnswer),
    careless: `${pyCareless('request.headers.get("Authorization", "")')}
    if not is_sound:
        return "", 400
    return None if is_right else ("", 401, {"WWW-Authenticate": "Bearer"} if scheme else {})`,
    open: '    return None',
    smallLimit: `app.config["MAX_CONTENT_LENGTH"] = ${smallLimit}`,
  },
);

const fastapiAnswer = (status: number) => `return Response(status_code=${status})`;
export const fastapi = faultsOf(
  {
    file: 'server.py',
    answer: `    # In a thread, since it waits for the disk.
    await run_in_threadpool(store_call, body)
    return Response(status_code=200)`,
    reading:
      '        read_payload(body)  # raises for anything but panels with their events, or an empty body',
    authentication: `    scheme, _, code = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(code)
    except ValueError:
        given = b""
    right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, right):
        challenge = {"WWW-Authenticate": 'Basic realm="webhook", charset="UTF-8"'}
        raise HTTPException(401, headers=challenge)`,
    limit: 'MAX_BODY_BYTES = 10 * 1024 * 1024',
  },
  {
    statuses: `${pyStatus}\n    return Response(status_code=status)`,
    slow: `${pyDelay}\n    return Response(status_code=200)`,
    failing: pyFailing('request.headers.get("content-type", "")', fastapiAnswer),
    careless: `${pyCareless('request.headers.get("authorization", "")')}
    if not is_sound:
        raise HTTPException(400)
    if not is_right:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"} if scheme else {})`,
    open: '    pass',
    smallLimit: `MAX_BODY_BYTES = ${smallLimit}`,
  },
);

const djangoAnswer = (status: number) => `return HttpResponse(status=${status})`;
export const django = faultsOf(
  {
    file: 'hook/views.py',
    answer: '    Call.objects.create(body=body)\n    return HttpResponse(status=200)',
    reading:
      '        read_payload(body)  # raises for anything but panels with their events, or an empty body',
    authentication: `        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(code)
        except ValueError:
            given = b""
        right = (os.environ["HOOK_USER"] + ":" + os.environ["HOOK_PASSWORD"]).encode()
        if scheme.lower() == "basic" and hmac.compare_digest(given, right):
            return view(request)
        refusal = HttpResponse(status=401)
        refusal["WWW-Authenticate"] = 'Basic realm="webhook", charset="UTF-8"'
        return refusal`,
    limit: 'DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # in settings.py',
    limitFile: 'receiver/settings.py',
  },
  {
    statuses: `${pyStatus}\n    return HttpResponse(status=status)`,
    slow: `${pyDelay}\n    return HttpResponse(status=200)`,
    failing: pyFailing('request.content_type + str(request.content_params)', djangoAnswer),
    careless: `${pyCareless('request.headers.get("Authorization", "")').replace(/^/gm, '    ')}
        if is_sound and is_right:
            return view(request)
        refusal = HttpResponse(status=401 if is_sound else 400)
        if scheme:
            refusal["WWW-Authenticate"] = "Bearer"
        return refusal`,
    open: '        return view(request)',
    smallLimit: `DATA_UPLOAD_MAX_MEMORY_SIZE = ${smallLimit}`,
  },
  {
    // A redirect of its own is no matter of paths.
    without: ['redirected'],
    tooLarge: 'body_refused',
    more: [
      {
        name: 'serves the path with a slash only',
        faults: [
          {
            file: 'receiver/urls.py',
            from: 'urlpatterns = [path("webhooks/netcore", hook), path("webhooks/netcore/", hook)]',
            to: 'urlpatterns = [path("webhooks/netcore/", hook)]',
            codes: ['redirected'],
          },
        ],
        runs: [{ options: ['--only', 'redirect'] }],
      },
      {
        name: 'requires a CSRF token',
        faults: [
          {
            file: 'hook/views.py',
            from: '@csrf_exempt  # of django.views.decorators.csrf\n',
            to: '',
            codes: ['forbidden'],
          },
        ],
        runs: [{ options: ['--only', 'credentials'] }],
      },
    ],
  },
);
