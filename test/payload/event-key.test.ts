import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { eventIdentity, eventKey, keyOf, normalContact } from '../../src/payload/event-key.js';
import type { Payload } from '../../src/payload/payload.js';
import { summarizeEvents } from '../../src/payload/summarize-events.js';
import { listSamples } from '../../src/sample-files.js';
import { needPrograms } from '../helpers/programs.js';

const email = {
  channel: 'email',
  event: 'open',
  msgid: '546',
  event_params: { foreignkey: 'asha@example.com', ts: 221202154805 },
};

function changed(event: object, params: object = {}) {
  return { ...email, ...event, event_params: { ...email.event_params, ...params } };
}

const keyOfEvent = (event: unknown, panel = 'shop') => eventKey(panel, event).key;

describe('the key of an event', () => {
  test('is half of the SHA-256 of its seven parts', () => {
    const parts = ['shop', '546', 'asha@example.com', 'email', 'open', '221202154805', ''];
    const digest = createHash('sha256').update(parts.join('\n')).digest('hex');
    expect(eventKey('shop', email)).toEqual({ key: digest.slice(0, 32), weak: false });
  });

  test.each([
    ['another panel', keyOfEvent(email, 'other')],
    ['another message', keyOfEvent(changed({ msgid: '547' }))],
    ['another contact', keyOfEvent(changed({}, { foreignkey: 'ravi@example.com' }))],
    ['another channel', keyOfEvent(changed({ channel: 'sms' }))],
    ['another activity', keyOfEvent(changed({ event: 'click' }))],
    ['another second', keyOfEvent(changed({}, { ts: 221202154806 }))],
    ['an unknown channel', keyOfEvent(changed({ channel: 'zalo' }))],
  ])('differs for %s', (_, key) => {
    expect(key).not.toBe(keyOfEvent(email));
  });

  test.each([
    ['spelling of the activity', changed({ event: 'Opened' })],
    ['case of the channel', changed({ channel: 'Email' })],
    ['type of msgid and ts', changed({ msgid: 546 }, { ts: '221202154805' })],
    ['case of the address', changed({}, { foreignkey: ' Asha@Example.com' })],
    ['address behind a blank key', changed({}, { foreignkey: ' ', email: 'asha@example.com' })],
    ['an address in another field', changed({}, { foreignkey: null, email: 'asha@example.com' })],
    ['a subject', changed({ webhook_name: 'x' }, { subject: 'other', ip_addr: '203.0.113.9' })],
  ])('is the same for another %s', (_, event) => {
    expect(keyOfEvent(event)).toBe(keyOfEvent(email));
  });

  test('does not take a line feed for the end of a part', () => {
    const split = changed({ msgid: '546\nravi' }, { foreignkey: 'x' });
    expect(keyOfEvent(split)).not.toBe(keyOfEvent(changed({}, { foreignkey: 'ravi\nx' })));
  });

  test('has every digit of an id that was read from the text of a payload', () => {
    const text = JSON.stringify({ shop: [email, email] })
      .replace('"asha@example.com"', '12345678901234567890')
      .replace('"asha@example.com"', '12345678901234567891');
    const payload = JSON.parse(text) as Payload;
    const whole = summarizeEvents(payload, text, 'keys').map(({ key }) => key);
    expect(new Set(whole).size).toBe(2);
    expect(whole).toEqual(summarizeEvents(payload, text).map(keyOf));
    const asText = changed({}, { foreignkey: '12345678901234567890' });
    expect(whole[0]).toBe(keyOfEvent(asText));
  });

  test('takes the time from the timestamp when there is no ts', () => {
    const event = changed({}, { ts: undefined, timestamp: '2022-12-02T15:48:05' });
    expect(keyOfEvent(event)).toBe(keyOfEvent(email));
  });

  test('distinguishes the links of clicks, and only of clicks', () => {
    const click = (url: string | null, linkid = '0') =>
      changed({ event: 'click' }, { url, linkid });
    expect(keyOfEvent(click('https://example.com/a'))).not.toBe(
      keyOfEvent(click('https://example.com/b')),
    );
    expect(keyOfEvent(click(null, '1'))).not.toBe(keyOfEvent(click(null, '2')));
    expect(keyOfEvent(changed({}, { url: 'https://example.com/a' }))).toBe(keyOfEvent(email));
  });

  test('distinguishes the parameters of custom activities, whatever their order', () => {
    const activity = (payload_params: unknown) => ({
      ...email,
      channel: 'custom_activity',
      event: undefined,
      payload_params,
      event_params: { ...email.event_params, asset_name: 'Product Search' },
    });
    const key = keyOfEvent(activity({ items: [{ price_s: 9990.9, name_s: 'shirt' }] }));
    expect(keyOfEvent(activity({ items: [{ name_s: 'shirt', price_s: 9990.9 }] }))).toBe(key);
    expect(keyOfEvent(activity({ items: [{ name_s: 'shoe', price_s: 9990.9 }] }))).not.toBe(key);
  });

  test.each([
    ['without a time', changed({}, { ts: undefined })],
    ['that is null', null],
    ['that is a text', 'open'],
    ['of thousands of levels', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
  ])('is weak for an event %s', (_, event) => {
    expect(eventKey('shop', event).weak).toBe(true);
  });

  test('is a digest of the whole event when it is weak', () => {
    const event = { b: 1, a: [true, 'é'] };
    const text = 'shop\n{"a":[true,"é"],"b":1}';
    const digest = createHash('sha256').update(text).digest('hex');
    expect(keyOfEvent(event)).toBe(digest.slice(0, 32));
  });
});

describe('a contact', () => {
  test.each([
    ['Asha@Example.COM ', 'asha@example.com'],
    ['+91 (000) 000-0001', '910000000001'],
    ['0000000001', '0000000001'],
    ['000000004', '000000004'],
    ['10001-546-20002', '10001-546-20002'],
    ['customer 7', 'customer 7'],
  ])('%j is compared as %j', (text, normal) => {
    expect(normalContact(text)).toBe(normal);
  });

  test('is the first field that identifies it', () => {
    const params: Record<string, string> = {
      foreignkey: 'a',
      identity: 'b',
      email: 'c@example.com',
      mobile: '0000000001',
    };
    const event: Record<string, Record<string, string>> = {
      event_params: params,
      att_params: { EMAIL: 'd@example.com', MOBILE: '0000000002' },
      custom_params: { userid: '10001-546-20002' },
    };
    const found: string[] = [];
    const contact = () => eventIdentity('shop', event).contact;
    for (const [group, field] of [
      ['event_params', 'foreignkey'],
      ['event_params', 'identity'],
      ['event_params', 'email'],
      ['att_params', 'EMAIL'],
      ['event_params', 'mobile'],
      ['att_params', 'MOBILE'],
      ['custom_params', 'userid'],
    ] as const) {
      found.push(contact());
      delete event[group]?.[field];
    }
    expect(found).toEqual([
      'a',
      'b',
      'c@example.com',
      'd@example.com',
      '0000000001',
      '0000000002',
      '10001-546-20002',
    ]);
    expect(contact()).toBe('');
  });
});

describe('a summary', () => {
  test('has the same key as its event, for every sample', () => {
    for (const { payload } of listSamples()) {
      const [[panel, events] = ['', []]] = Object.entries(payload);
      const keys = events.map((event) => eventKey(panel, event).key);
      expect(summarizeEvents(payload, undefined, 'keys').map(({ key }) => key)).toEqual(keys);
      const short = summarizeEvents(payload).map(keyOf);
      const known = events.map(({ channel }, at) =>
        channel === 'custom_activity' ? undefined : keys[at],
      );
      expect(short).toEqual(known);
    }
  });

  test('has the same key as its event, or none', () => {
    const text = fc.oneof(
      fc.constantFrom('', 'open', 'Clicked', 'email', 'custom_activity', '2022-12-02T15:48:05'),
      fc.string(),
      fc.integer(),
      fc.constant(null),
    );
    const event = fc.record(
      {
        channel: text,
        event: text,
        msgid: text,
        payload_params: fc.jsonValue(),
        event_params: fc.dictionary(
          fc.constantFrom('ts', 'timestamp', 'foreignkey', 'url', 'linkid', 'mobile', 'asset_name'),
          text,
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(event, (value) => {
        const payload = { shop: [value] } as Payload;
        const [short] = summarizeEvents(payload);
        const known = short && keyOf(short);
        const { key, weak } = eventKey('shop', value);
        const [whole] = summarizeEvents(payload, undefined, 'keys');
        expect([whole?.key, whole?.weakKey]).toEqual([key, weak]);
        if (known !== undefined) expect([known, weak]).toEqual([key, false]);
      }),
    );
  });
});

/** The definition in docs/payload.md, written from it. */
const inPython = `
import hashlib, json, re, sys
def digest(*parts): return hashlib.sha256("\\n".join(parts).encode()).hexdigest()[:32]
def canonical(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
def text(value):
    if value is None or isinstance(value, (dict, list)): return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
activities = {"opened": "open", "read": "open", "clicked": "click", "deliver": "delivered", "bounced": "bounce", "fail": "failed"}
def key(panel, event):
    get = lambda group, name: text((event.get(group) or {}).get(name))
    contact = next(filter(lambda t: t.strip(), [get("event_params", "foreignkey"), get("event_params", "identity"),
        get("event_params", "email"), get("att_params", "EMAIL"), get("event_params", "mobile"),
        get("att_params", "MOBILE"), get("custom_params", "userid")]), "").strip()
    if "@" in contact: contact = contact.lower()
    elif contact.startswith("+"): contact = re.sub(r"\\D", "", contact)
    channel = text(event.get("channel")).lower()
    activity = text(event.get("event"))
    activity = activities.get(activity.lower(), activity.lower())
    detail = ""
    if channel == "custom_activity":
        activity = get("event_params", "asset_name") or get("event_params", "activity_name") or text(event.get("event"))
        detail = digest(canonical(event.get("payload_params")))
    elif activity == "click": detail = get("event_params", "url") or get("event_params", "linkid")
    time = get("event_params", "ts") or re.sub(r"\\D", "", get("event_params", "timestamp"))[2:]
    if not time: return digest(panel, canonical(event))
    return digest(panel, text(event.get("msgid")), contact, channel, activity, time, detail)
print(json.dumps([key(*pair) for pair in json.load(sys.stdin)]))
`;

describe('a program in another language', () => {
  const [python] = needPrograms('python3');

  test('gets the same keys from the documented definition', () => {
    const documented = readFileSync(new URL('docs/payload.md', packageRoot), 'utf8');
    const examples = [...documented.matchAll(/^\| `(\{.*?\})` \| .* \| `([0-9a-f]{32})` \|$/gm)];
    expect(examples).toHaveLength(7);
    const pairs = [
      ...examples.map(([, event = '']) => ['netcore_hook_test', JSON.parse(event)]),
      ...listSamples().flatMap(({ payload }) =>
        Object.entries(payload).flatMap(([panel, events]) => events.map((event) => [panel, event])),
      ),
    ];
    const out = execFileSync(python, ['-c', inPython], { input: JSON.stringify(pairs) });
    const keys = JSON.parse(out.toString());
    expect(keys).toEqual(pairs.map(([panel, event]) => eventKey(panel, event).key));
    expect(keys.slice(0, 7)).toEqual(examples.map(([, , key]) => key));
  });
});
