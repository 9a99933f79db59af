"""Reads the body of a call, and identifies its events as docs/payload.md of netcore-hook defines."""

import hashlib
import json
import math
import re
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import parse_qs

CHANNELS = ("email", "sms", "apn", "bpn", "whatsapp", "rcs", "custom_activity")
ACTIVITIES = {
    **{"deliver": "delivered", "delivered": "delivered"},
    **{"open": "open", "opened": "open", "read": "open"},
    **{"click": "click", "clicked": "click", "bounce": "bounce", "bounced": "bounce"},
    **{"fail": "failed", "failed": "failed"},
}
MAX_LEVELS = 500
WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


class Event(NamedTuple):
    """An event, with what a handler needs of it first."""

    panel: str
    channel: str  # "other" if Netcore does not document it
    activity: str  # in one spelling: "Clicked" is "click"
    contact: str
    key: str  # equal for repeats of the event, different for any other one
    weak: bool  # has no time: do not deduplicate it by its key
    event: dict  # as received


def read_payload(body):
    """The panels of a body in bytes. An empty body, as of the Test button, has none."""
    text = body.decode(errors="replace")
    if text == "":
        return {}
    form = parse_qs(text, keep_blank_values=True, errors="replace")
    data = form["data"][0] if "data" in form else text
    panels = json.loads(data, parse_constant=refuse_constant)
    if not isinstance(panels, dict):
        raise ValueError("The payload is not an object of panels.")
    return panels


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON.")


def find_events(payload):
    """The events of all panels, in their order."""
    return [
        identify(clean(panel), event)
        for panel, events in payload.items()
        if isinstance(events, list)
        for event in events
        if isinstance(event, dict)
    ]


def identify(panel, event):
    params = fields(event.get("event_params"))
    attributes = fields(event.get("att_params"))
    channel = text_of(event.get("channel"))
    if channel.strip(WHITE_SPACE).lower() in CHANNELS:
        channel = channel.strip(WHITE_SPACE).lower()
    is_custom = channel == "custom_activity"
    own = text_of(params.get("asset_name")) or text_of(params.get("activity_name"))
    activity = (own if is_custom else "") or text_of(event.get("event"))
    if not is_custom:
        activity = ACTIVITIES.get(activity.strip(WHITE_SPACE).lower(), activity)
    candidates = [params.get(name) for name in ("foreignkey", "identity", "email")] + [
        attributes.get("EMAIL"),
        params.get("mobile"),
        attributes.get("MOBILE"),
        fields(event.get("custom_params")).get("userid"),
    ]
    given = (text_of(value).strip(WHITE_SPACE) for value in candidates)
    contact = normal_contact(next(filter(None, given), ""))
    time = time_of(text_of(params.get("ts")), text_of(params.get("timestamp")))
    detail = ""
    if is_custom:
        detail = digest([canonical_json(event.get("payload_params"))])
    elif activity == "click":
        detail = text_of(params.get("url")) or text_of(params.get("linkid"))
    parts = [panel, text_of(event.get("msgid")), contact, channel, activity, time, detail]
    key = digest(parts) if time else digest([panel, canonical_json(event)])
    known = channel if channel in CHANNELS else "other"
    return Event(panel, known, activity, contact, key, not time, event)


def fields(value):
    return value if isinstance(value, dict) else {}


def text_of(value):
    """Text, numbers and booleans as text; everything else is missing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return clean(str(value)) if isinstance(value, (str, int)) else ""


def clean(text):
    """Half of a surrogate pair is no character, and cannot be stored."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def normal_contact(text):
    if "@" in text:
        return text.lower()
    is_number = re.fullmatch(r"\+[\d\s().-]+", text, re.ASCII)
    return re.sub(r"\D", "", text, flags=re.ASCII) if is_number else text


def time_of(ts, timestamp):
    if ts or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", timestamp, re.ASCII):
        return ts or timestamp
    return "".join(timestamp[at : at + 2] for at in (2, 5, 8, 11, 14, 17))


def digest(parts):
    lines = [json.dumps(part, ensure_ascii=False) if "\n" in part else part for part in parts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def canonical_json(value, level=0):
    """JSON as RFC 8785 defines it: sorted keys, no white space, numbers as JavaScript has them."""
    if isinstance(value, (dict, list)):
        if level == MAX_LEVELS:
            return "null"
        items = []
        if isinstance(value, list):
            for item in value:
                items.append(canonical_json(item, level + 1))
            return f"[{','.join(items)}]"
        for name in sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass")):
            items.append(f"{json_text(name)}:{canonical_json(value[name], level + 1)}")
        return f"{{{','.join(items)}}}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return json_text(value)


def json_text(value):
    text = json.dumps(value, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def number_text(value):
    try:
        number = float(value)
    except OverflowError:
        return "null"
    if not math.isfinite(number):
        return "null"
    if number.is_integer() and abs(number) < 1e21:
        return str(int(number)) if abs(number) < 2**53 else shortest_integer(number)
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + exponent
    if -6 < point <= 0:
        text = f"0.{'0' * -point}{text}"
    elif 0 < point <= 21:
        text = f"{text[:point]}.{text[point:]}"
    else:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        text = f"{text[0]}{fraction}e{point - 1:+d}"
    return f"-{text}" if sign else text


def shortest_integer(number):
    """Beyond 2^53, JavaScript fills up the digits that identify a number with zeros."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")
