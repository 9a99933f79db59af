import type { ContactIds, PanelId } from '../payload/contact-ids.js';
import { normalContact } from '../payload/event-key.js';
import { payloadMembers } from '../payload/event-texts.js';
import { formEncoded } from '../payload/form-codec.js';
import { jsonChildren } from '../payload/json-children.js';
import type { IdentifiedEvent, Payload } from '../payload/payload.js';
import { summarizeEvents } from '../payload/summarize-events.js';
import type { HeaderPairs, ReceivedCall } from './call.js';
import { readCallContent } from './content.js';
import { plainBody } from './content-coding.js';
import { formType } from './plan-call.js';

/** The parts of a call that may name a contact. */
export type ErasableCall = Pick<ReceivedCall, 'target' | 'headers' | 'body'>;

/** What a call holds of contacts. */
export type CallErasure =
  | { readonly kind: 'untouched' }
  /** The body cannot be decoded, so it cannot be searched. */
  | { readonly kind: 'unsearchable' }
  /** A contact is named where no event can be taken out: remove the whole call. */
  | { readonly kind: 'whole'; readonly events: number }
  | ErasedEvents;

export interface ErasedEvents {
  readonly kind: 'events';
  /** The call without the events of the contacts. Its body is written anew, as a form or as JSON. */
  readonly call: ErasableCall;
  /** The numbers of the removed events, from 1, in ascending order. */
  readonly removed: readonly number[];
  /** The number of events that remain. */
  readonly left: number;
}

/** The identifiers that stand in an event, and the first one, which its key contains. */
export interface EventContact {
  readonly ids: readonly PanelId[];
  readonly who: PanelId | undefined;
}

/** Takes everything about contacts out of a call. Other events keep their text. */
export function eraseFromCall(call: ErasableCall, contacts: ContactIds): CallErasure {
  const reading = readCallContent(call);
  if (reading.kind === 'problem') {
    const text = `${facts(call)}\n${textOf(plainBody(call).body)}`;
    if (contacts.isMentionedIn(text)) return { kind: 'whole', events: 0 };
    return reading.code === 'content_encoding' ? { kind: 'unsearchable' } : { kind: 'untouched' };
  }
  const json = reading.text();
  const plain = plainBody(call).body;
  const isForm = !isJson(plain);
  const around = `${facts(call)}\n${isForm && !isOnlyData(plain) ? textOf(plain) : ''}`;
  if (!contacts.mayConcern(json) && !contacts.isMentionedIn(around)) return { kind: 'untouched' };
  const { text, removed, left } = withoutEvents(json, contacts);
  const target = contacts.isMentionedIn(call.target) ? '/erased' : call.target;
  const headers = call.headers.map(([name, value]): [string, string] => [
    name,
    contacts.isMentionedIn(value) ? '<erased>' : value,
  ]);
  if (contacts.isMentionedIn(text)) return { kind: 'whole', events: removed.length };
  // Another field of a form, a part of a multipart body or a repeated panel may name the contact as well.
  const isElsewhere = contacts.isMentionedIn(around) || contacts.isMentionedIn(json);
  if (removed.length === 0 && !isElsewhere) return { kind: 'untouched' };
  const body = Buffer.from(isForm ? `data=${formEncoded(text)}` : text);
  return {
    kind: 'events',
    call: { target, headers: bodyHeaders(headers, isForm), body },
    removed,
    left,
  };
}

/** Whether a call may hold an event of these contacts. Quick for most others. */
export function mayConcern(call: ErasableCall, contacts: ContactIds): boolean {
  const reading = readCallContent(call);
  return reading.kind === 'payload' && contacts.mayConcern(reading.text());
}

/** The contacts of a call's events. */
export function* contactsOf(call: ErasableCall): Generator<EventContact> {
  const reading = readCallContent(call, 'labels');
  if (reading.kind === 'payload') for (const event of reading.everyEvent()) yield contactOf(event);
}

function contactOf({ panel, who, ids = [] }: IdentifiedEvent): EventContact {
  const named = (id: string) => ({ panel, id: normalContact(id) });
  return {
    ids: [...new Set(who === null ? ids : [who, ...ids])].map(named).filter(({ id }) => id !== ''),
    who: who === null ? undefined : named(who),
  };
}

function withoutEvents(json: string, contacts: ContactIds) {
  const removed: number[] = [];
  let number = 0;
  const members: string[] = [];
  for (const { key: panel = '', start, end } of payloadMembers(json)) {
    const name = JSON.stringify(panel);
    if (json.charAt(start) !== '[') {
      members.push(`${name}:${json.slice(start, end)}`);
      continue;
    }
    const kept: string[] = [];
    for (const child of jsonChildren(json, start)) {
      number += 1;
      const text = json.slice(child.start, child.end);
      if (isOf(panel, text, contacts)) removed.push(number);
      else kept.push(text);
    }
    members.push(`${name}:[${kept.join(',')}]`);
  }
  return { text: `{${members.join(',')}}`, removed, left: number - removed.length };
}

function isOf(panel: string, text: string, contacts: ContactIds): boolean {
  if (!contacts.mayConcern(text)) return false;
  const payload = { [panel]: [JSON.parse(text)] } as Payload;
  const summaries = summarizeEvents(payload, `{${JSON.stringify(panel)}:[${text}]}`, 'labels');
  return (
    summaries.some((event) => contactOf(event).ids.some((id) => contacts.has(id))) ||
    contacts.isMentionedIn(text)
  );
}

function facts({ target, headers }: ErasableCall): string {
  return [target, ...headers.map(([, value]) => value)].join('\n');
}

/** Any bytes as text. Zeros of UTF-16 are left out. */
function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .replaceAll('\0', '');
}

function isJson(body: Uint8Array): boolean {
  return /^\ufeff?\s*\{/.test(textOf(body.subarray(0, 100)));
}

/** A form with one field, as Netcore's are. Its text is the JSON. */
function isOnlyData(body: Uint8Array): boolean {
  return textOf(body.subarray(0, 5)) === 'data=' && !body.includes(0x26);
}

function bodyHeaders(headers: HeaderPairs, isForm: boolean): HeaderPairs {
  const others = headers.filter(
    ([name]) => !/^content-(?:type|length|encoding|md5|digest)$|^digest$/i.test(name),
  );
  return [...others, ['Content-Type', isForm ? formType : 'application/json']];
}
