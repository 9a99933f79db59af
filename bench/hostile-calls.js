// Calls that cost a naive reader far more than their size: for bench/hostile.js and the tests of
// every reader. Each has about the requested number of bytes; coded ones have far fewer.
import { brotliCompressSync, gzipSync } from 'node:zlib';

const form = 'application/x-www-form-urlencoded';

/** Every kind: its name, and a function from a size in bytes to a call. */
const kinds = {
  'a long panel with many events': (bytes) => {
    const { text, count } = many(bytes / 2, () => '{}');
    return payload(`"${'p'.repeat(bytes / 2)}":[${text}]`, count);
  },
  'a panel of a third with many events': (bytes) => {
    const { text, count } = many((bytes * 2) / 3, () => '{}');
    return payload(`"${'p'.repeat(bytes / 3)}":[${text}]`, count);
  },
  'many panels': (bytes) => {
    const { text, count } = many(bytes, (at) => `"panel${at}":[{}]`);
    return payload(text, count);
  },
  'many empty panels': (bytes) => payload(many(bytes, (at) => `"${at.toString(36)}":[]`).text, 0),
  'one panel again and again': (bytes) =>
    payload(many(bytes, () => `"shop":[${'{},'.repeat(100)}{"channel":"sms"}]`).text, 101),
  'empty events': (bytes) => batch(bytes, () => '{}'),
  'empty events, escaped': (bytes) => {
    const { text, count } = many(bytes / 3, () => '{}');
    return call(`data=${encodeURIComponent(`{"shop":[${text}]}`)}`, count);
  },
  'numbers for events': (bytes) => batch(bytes, () => '1'),
  'words for events': (bytes) => batch(bytes, (at) => ['null', '"a"', '[]', 'true'][at % 4]),
  'deep lists': (bytes) => event('['.repeat(bytes / 2) + ']'.repeat(bytes / 2)),
  'deep objects': (bytes) => event(`${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`),
  'one event with many keys': (bytes) => event(`{${many(bytes, (at) => `"key${at}":${at}`).text}}`),
  'one event with a key again and again': (bytes) =>
    event(`{${many(bytes, (at) => `"msgid":${at}`).text}}`),
  'an event with a long key': (bytes) => event(`{"${'k'.repeat(bytes)}":1,"channel":"sms"}`),
  'an event with a long text': (bytes) =>
    event(`{"channel":"sms","event":"click","msgid":"${'m'.repeat(bytes)}"}`),
  'many long texts': (bytes) =>
    batch(bytes, (at) => `{"channel":"sms","msgid":"${at}${'m'.repeat(2000)}"}`),
  'long channels': (bytes) => batch(bytes, (at) => `{"channel":"${'c'.repeat(3000)}${at}"}`),
  'long activities': (bytes) =>
    batch(bytes, (at) => `{"channel":"sms","event":"${at}${'a'.repeat(3000)}"}`),
  'a channel for each event': (bytes) => batch(bytes, (at) => `{"channel":"${at}"}`),
  'an activity for each event': (bytes) =>
    batch(bytes, (at) => `{"channel":"sms","event":"e${at}"}`),
  'many short events': (bytes) => batch(bytes, () => '{"channel":"sms","event":"click"}'),
  'many custom parameters': (bytes) =>
    batch(bytes, (at) => {
      const params = Array.from({ length: 500 }, (_, number) => `"p${number}":"${at}"`);
      return `{"channel":"custom_activity","custom_params":{${params}}}`;
    }),
  'control characters': (bytes) => batch(bytes, () => `{"msgid":"${'\\u0000\\ud800'.repeat(20)}"}`),
  'another script': (bytes) =>
    batch(bytes, (at) => `{"channel":"sms","event_params":{"camp_name":"दिवाली ${at}"}}`),
  'one character of another script': (bytes) =>
    batch(bytes, (at) => (at === 0 ? '{"event":"€"}' : '{}')),
  'a fault at the end': (bytes) => call(`data={"shop":[${many(bytes, () => '{}').text}}`, null),
  'an end that is missing': (bytes) => call(`data={"shop":[${many(bytes, () => '{}').text},`, null),
  'data again and again': (bytes) => call('data=1&'.repeat(bytes / 7), null),
  'fields without a name': (bytes) => call(`${'&'.repeat(bytes)}data={"shop":[{}]}`, 1),
  'percent signs': (bytes) => call(`data=${'%'.repeat(bytes)}`, null),
  'gzip of empty events': (bytes) => coded('gzip', gzipSync, bytes),
  'brotli of empty events': (bytes) => coded('br', brotliCompressSync, bytes),
  'gzip of gzip': (bytes) => coded('gzip, gzip', (body) => gzipSync(gzipSync(body)), bytes),
  'gzip of far more': (bytes) => ({
    body: gzipSync(Buffer.alloc(bytes * 8)),
    headers: { 'Content-Type': form, 'Content-Encoding': 'gzip' },
    events: null,
  }),
};

/** One call of every kind, built on demand. */
export function* hostileCalls(bytes) {
  for (const [name, make] of Object.entries(kinds)) yield { name, ...make(bytes) };
}

/** A call like Netcore's, of about this many bytes. */
export function soundCall(bytes) {
  const events = [];
  for (let length = 0; length < bytes; ) {
    const at = events.length;
    const params = {
      camp_name: 'Diwali sale',
      foreignkey: `customer${at}@example.com`,
      mobile: '919800000000',
      timestamp: '2026-11-23T12:00:00',
      ts: 261123120000,
      attempt_number: 1,
    };
    const msgid = String(1_600_000_000_000 + at);
    const event = { channel: 'sms', event: 'delivered', msgid, event_params: params };
    length += encodeURIComponent(JSON.stringify(event)).length + 3;
    if (length < bytes || at === 0) events.push(event);
  }
  return call(`data=${encodeURIComponent(JSON.stringify({ shop: events }))}`, events.length);
}

function payload(members, events) {
  return call(`data={${members}}`, events);
}

function event(text) {
  return payload(`"shop":[${text}]`, 1);
}

function batch(bytes, member) {
  const { text, count } = many(bytes, member);
  return payload(`"shop":[${text}]`, count);
}

/** `events`: number of events; null when it is not a payload. */
function call(body, events) {
  return { body: Buffer.from(body), headers: { 'Content-Type': form }, events };
}

function coded(coding, code, bytes) {
  const { body, headers, events } = batch(bytes, () => '{}');
  return { body: code(body), headers: { ...headers, 'Content-Encoding': coding }, events };
}

function many(bytes, member) {
  const members = [];
  for (let length = 0; length < bytes; length += Buffer.byteLength(members.at(-1)) + 1) {
    members.push(member(members.length));
  }
  return { text: members.join(','), count: members.length };
}
