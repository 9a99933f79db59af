import { describe, expect, test } from 'vitest';
import {
  type Contact,
  eventOf,
  inventContact,
  pinnedBy,
} from '../../../src/payload/build/contacts.js';
import { type JsonObject, jsonText, readJson } from '../../../src/payload/build/json.js';
import { payloadSchema } from '../../../src/payload/schema.js';
import { listSamples } from '../../../src/sample-files.js';

const contact: Contact = {
  number: 77,
  email: 'leela@example.com',
  mobile: '0000000077',
  firstName: 'Leela',
  lastName: 'Sample',
  guid: '00000000-0000-4000-8000-000000000077',
  attributes: {},
};

const applied = (event: object, own: Partial<Contact> = {}) => {
  const changed = eventOf(
    readJson(JSON.stringify(event)) as JsonObject,
    { ...contact, ...own },
    '900',
  );
  return JSON.parse(jsonText(changed));
};

describe('an event of a contact', () => {
  test('names it in every field, in the form that each had', () => {
    const event = {
      msgid: 546,
      channel: 'custom_activity',
      event_params: {
        foreignkey: 'a@example.com',
        identity: '0000000001',
        email: 'a@example.com',
        mobile: 1,
        guid: 'x',
        activity_id: 103,
        token: ['NetcoreHookTestToken01:abc', 'other'],
        subject: 'a@example.com',
      },
      att_params: { EMAIL: '', MOBILE: '1', FIRSTNAME: '', LASTNAME: 'B', CITY: 'Thane' },
      custom_params: { userid: '10001-546-20002', Action: 'x' },
    };
    expect(applied(event)).toEqual({
      msgid: 900,
      channel: 'custom_activity',
      event_params: {
        foreignkey: 'leela@example.com',
        identity: '0000000077',
        email: 'leela@example.com',
        mobile: 77,
        guid: contact.guid,
        activity_id: 900,
        token: ['NetcoreHookTestToken77:abc', 'other'],
        subject: 'a@example.com',
      },
      att_params: {
        EMAIL: 'leela@example.com',
        MOBILE: '0000000077',
        FIRSTNAME: 'Leela',
        LASTNAME: 'Sample',
        CITY: 'Thane',
      },
      custom_params: { userid: '10001-900-77', Action: 'x' },
    });
  });

  test('keeps what is missing or null', () => {
    const event = { event_params: { foreignkey: null, name: null }, att_params: [] };
    expect(applied(event)).toEqual(event);
  });

  test('has the other columns of its file as attributes', () => {
    const event = { att_params: { CITY: 'Thane' }, event_params: {} };
    expect(applied(event, { attributes: { CITY: 'Pune', TIER: 'gold' } })).toEqual({
      att_params: { CITY: 'Pune', TIER: 'gold' },
      event_params: {},
    });
  });

  test('has an identifier of its own in foreignkey and identity', () => {
    const event = { event_params: { foreignkey: 'a@example.com', identity: '1', email: 'a' } };
    expect(applied(event, { id: 'C-7' })).toEqual({
      event_params: { foreignkey: 'C-7', identity: 'C-7', email: 'leela@example.com' },
    });
  });

  test('keeps what an edit set, and follows its msgid', () => {
    const event = {
      msgid: '-1',
      event_params: { activity_id: 5, email: 'x' },
      att_params: { EMAIL: 'y' },
    };
    const pinned = pinnedBy([['msgid'], ['att_params']]);
    const changed = JSON.parse(jsonText(eventOf(event, contact, '900', pinned)));
    expect(changed).toEqual({
      msgid: '-1',
      event_params: { activity_id: '-1', email: 'leela@example.com' },
      att_params: { EMAIL: 'y' },
    });
  });

  test.each(listSamples())('fits the schema, for $channel $activity', ({ payload }) => {
    const changed = Object.fromEntries(
      Object.entries(payload).map(([panel, events]) => [
        panel,
        events.map((event) => applied(event)),
      ]),
    );
    expect(payloadSchema.safeParse(changed).error).toBeUndefined();
    expect(JSON.stringify(changed)).not.toMatch(/asha@|ravi@/);
  });
});

test('invented contacts differ in every identifier, and reach nobody', () => {
  const all = Array.from({ length: 3000 }, (_, index) => inventContact(index));
  for (const field of ['email', 'mobile', 'guid', 'number'] as const) {
    expect(new Set(all.map((each) => each[field])).size).toBe(3000);
  }
  expect(all.every(({ email }) => /^[a-z]+\d*@example\.com$/.test(email))).toBe(true);
  expect(all.every(({ mobile }) => /^0{6}\d{4}$/.test(mobile))).toBe(true);
  expect(all[0]?.email).toBe('asha@example.com');
});
