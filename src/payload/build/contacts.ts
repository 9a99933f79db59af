import { LosslessNumber } from 'lossless-json';
import type { EventPath } from './event-path.js';
import { isList, isNumber, isObject, type Json, type JsonObject } from './json.js';

/** A person of whom events tell. */
export interface Contact {
  /** The contact's number within `userid`. */
  readonly number: number;
  readonly email: string;
  /** Empty when unknown. */
  readonly mobile: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly guid: string;
  /** An identifier that is neither of the above, for `foreignkey` and `identity`. */
  readonly id?: string | undefined;
  /** Further attributes by name: the other columns of a file of contacts. */
  readonly attributes: Readonly<Record<string, string>>;
}

const firstNames = (
  'Asha Ravi Meera Arjun Kavya Rohan Nisha Vikram Leela Sanjay Divya Kiran Anita Farid Grace Hari ' +
  'Indira Joseph Komal Lalit Maya Neel Omar Priya Rahul Sana Tara Uday Vani Yusuf'
).split(' ');
const lastNames =
  'Example Sample Specimen Model Pattern Instance Template Placeholder Draft Fixture Demo'.split(
    ' ',
  );

/**
 * The invented contact of this index, always the same: an address at example.com, and a telephone
 * number that cannot be dialled.
 */
export function inventContact(index: number): Contact {
  const firstName = firstNames[index % firstNames.length] ?? '';
  const round = Math.floor(index / firstNames.length);
  const count = String(index + 1);
  return {
    number: 20_002 + index,
    email: `${firstName.toLowerCase()}${round === 0 ? '' : round + 1}@example.com`,
    mobile: count.padStart(10, '0'),
    firstName,
    lastName: lastNames[index % lastNames.length] ?? '',
    guid: `00000000-0000-4000-8000-${count.padStart(12, '0')}`,
    attributes: {},
  };
}

/** Whether an edit sets a path, so that it stays. */
export type IsPinned = (path: EventPath) => boolean;

export function pinnedBy(edited: readonly EventPath[]): IsPinned {
  if (edited.length === 0) return nothing;
  return (path) => edited.some((each) => each.every((key, index) => path[index] === key));
}

const nothing: IsPinned = () => false;

/**
 * The event as one of this contact and message, in every field that names them. Only fields that the
 * event has are set, each as number or text as before, except for a contact's own attributes.
 */
export function eventOf(
  event: JsonObject,
  contact: Contact,
  msgid: string,
  isPinned: IsPinned = nothing,
): JsonObject {
  const message = isPinned(['msgid']) ? textOf(event.msgid) : msgid;
  const set = (object: Json | undefined, group: string, values: Values): Json | undefined => {
    if (!isObject(object)) return object;
    const changed: Record<string, Json> = { ...object };
    for (const key of Object.keys(object)) {
      const value = Object.hasOwn(values, key) ? values[key]?.(object[key] ?? null) : undefined;
      if (value === undefined || isPinned(group === '' ? [key] : [group, key])) continue;
      changed[key] = likeBefore(object[key], value);
    }
    return changed;
  };
  const { email, mobile, firstName, lastName, attributes } = contact;
  const id = (old: Json) => {
    if (old === null) return undefined;
    if (contact.id !== undefined) return contact.id;
    return /^\d+$/.test(String(old)) && mobile !== '' ? mobile : email || mobile;
  };
  const own = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, () => value]),
  );
  const changed: Record<string, Json> = {
    ...(set(event, '', { msgid: () => msgid }) as JsonObject),
  };
  const put = (group: string, value: Json | undefined) => {
    if (value !== undefined) changed[group] = value;
  };
  put(
    'event_params',
    set(event.event_params, 'event_params', {
      foreignkey: id,
      identity: id,
      email: () => email,
      mobile: () => mobile,
      guid: () => contact.guid,
      activity_id: () => message,
      token: (old) => tokensOf(old, contact),
    }),
  );
  const ownMissing = isObject(event.att_params) ? missingIn(event.att_params, attributes) : {};
  put(
    'att_params',
    set(
      isObject(event.att_params) ? { ...event.att_params, ...ownMissing } : event.att_params,
      'att_params',
      {
        EMAIL: () => email,
        MOBILE: () => mobile,
        FIRSTNAME: () => firstName,
        LASTNAME: () => lastName,
        ...own,
      },
    ),
  );
  put(
    'custom_params',
    set(event.custom_params, 'custom_params', {
      userid: (old) => userIdOf(old, message, contact),
    }),
  );
  return changed;
}

type Values = Readonly<Record<string, (old: Json) => Json | undefined>>;

function missingIn(group: JsonObject, attributes: Contact['attributes']): JsonObject {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !(name in group)));
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || isNumber(value) ? String(value) : undefined;
}

/** The value as number or text, as before. A JSON number has no leading zeros, which `ts` has before 2010. */
export function likeBefore(old: Json | undefined, value: Json): Json {
  if (typeof value !== 'string' || !isNumber(old) || !/^\d+$/.test(value)) return value;
  const number = Number(value);
  if (typeof old === 'number' && Number.isSafeInteger(number)) return number;
  return new LosslessNumber(value.replace(/^0+(?=\d)/, ''));
}

/** `userid` is panel, message and contact: `10001-546-20002`. */
function userIdOf(old: Json, msgid: string | undefined, { number }: Contact): Json | undefined {
  const [, panel] = /^(\d+)-\d+-\d+$/.exec(String(old)) ?? [];
  return panel === undefined || msgid === undefined ? undefined : `${panel}-${msgid}-${number}`;
}

/** A token of the samples names its device by a number. */
function tokensOf(old: Json, { number }: Contact): Json | undefined {
  if (!isList(old)) return undefined;
  return old.map((token) =>
    typeof token === 'string'
      ? token.replace(/(?<=^NetcoreHookTestToken)\d+/, String(number))
      : token,
  );
}
