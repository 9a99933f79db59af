import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventIdentity, eventKey } from '../../src/payload/event-key.js';
import { run } from '../helpers/run.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contacts-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Sent {
  readonly msgid: string;
  readonly event?: string;
  readonly event_params: Record<string, string>;
  readonly att_params?: Record<string, string>;
  readonly custom_params: Record<string, string>;
}

async function sent(...options: string[]): Promise<Sent[]> {
  const { exit, err, out } = await run(['send', ...options, '--print', 'json', '--json'], {
    cwd: folder,
  });
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  return out
    .trimEnd()
    .split('\n')
    .flatMap((line) => Object.values(JSON.parse(line).payload).flat() as Sent[]);
}

async function contacts(text: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, 'contacts.csv'), text);
  return 'contacts.csv';
}

describe('send --contacts', () => {
  test('sends the chain of each contact', async () => {
    const events = await sent('-c', 'email', '-e', 'delivered,open,click', '--contacts', '3');
    expect(events).toHaveLength(9);
    expect(new Set(events.map(({ msgid }) => msgid)).size).toBe(1);
    const keys = events.map((event) => eventKey('netcore_hook_test', event).key);
    expect(new Set(keys).size).toBe(9);
    const people = events.map((event) => eventIdentity('netcore_hook_test', event).contact);
    expect(people).toEqual(
      ['asha', 'ravi', 'meera'].flatMap((name) => Array(3).fill(`${name}@example.com`)),
    );
    for (const { msgid, custom_params } of events) {
      expect(custom_params.userid).toMatch(new RegExp(`^10001-${msgid}-2000[234]$`));
    }
  });

  test('takes contacts and attributes from a file', async () => {
    const file = await contacts(
      '\ufeffEmail ID;Mobile No.;First Name;TIER\r\n' +
        '"leela@example.com";0000000071;"Leela; the first";gold\r\n' +
        'omar@example.com;;Omar\r\n',
    );
    const events = await sent('-c', 'apn', '--contacts', file);
    expect(
      events.map(({ att_params, event_params }) => [att_params, event_params.foreignkey]),
    ).toEqual([
      [
        { CITY: 'Webhook', MOBILE: '0000000071', EMAIL: 'leela@example.com', TIER: 'gold' },
        'leela@example.com',
      ],
      [{ CITY: 'Webhook', MOBILE: '', EMAIL: 'omar@example.com', TIER: '' }, 'omar@example.com'],
    ]);
  });

  test('reads UTF-16 and identifiers of the customer', async () => {
    const file = await contacts(Buffer.from('\ufeffcustomer id\tname\nC-7\tलीला\n', 'utf16le'));
    const [event] = await sent('-c', 'sms', '-e', 'click', '--contacts', file);
    expect(event?.event_params.foreignkey).toBe('C-7');
    expect(event?.att_params?.FIRSTNAME).toBe('लीला');
  });

  test.each([
    ['name,city\nAsha,Thane\n', 1, 'its header names no column email, mobile or id'],
    ['email\n', 1, 'no contact follows its header'],
    ['email\na@example.com\n\nasha\n', 4, '"asha" is not an e-mail address'],
    ['mobile\n9.19E+11\n', 2, 'a spreadsheet shortened its number to 9.19E+11'],
    ['mobile\nunknown\n', 2, '"unknown" is not a telephone number'],
    ['email,mobile\n,\n', 2, 'it has no e-mail address, number or id'],
    ['email\na@example.com\nA@example.com\n', 3, 'it repeats the contact of line 2'],
    ['mobile\n+00 00000 00001\n+000000000001\n', 3, 'it repeats the contact of line 2'],
    ['email,name\na@example.com,"A\n', 2, 'a quotation mark is not closed'],
    ['email\na@example.com,b\n', 2, 'it has more columns than the header'],
  ])('refuses %j', async (text, line, reason) => {
    const file = await contacts(text);
    const { exit, err, out } = await run(['send', '-c', 'email', '--contacts', file], {
      cwd: folder,
    });
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(`Line ${line} of contacts.csv cannot be used: ${reason}`);
  });

  test.each([
    [['--contacts', '0'], '--contacts'],
    [['--contacts', '2', '--who', 'a@example.com'], '--contacts and --who cannot be combined'],
    [['--contacts', '2', '--verbatim'], '--verbatim and --contacts cannot be combined'],
    [['--contacts', 'none.csv'], 'none.csv'],
  ])('refuses %j', async (options, text) => {
    const { exit, err } = await run(['send', '-c', 'email', ...options], { cwd: folder });
    expect({ exit: exit === 2 || exit === 3, named: err.includes(text) }).toEqual({
      exit: true,
      named: true,
    });
  });
});

describe('send --who', () => {
  test.each([
    ['leela@example.com', { foreignkey: 'leela@example.com' }, { EMAIL: 'leela@example.com' }],
    ['+00 00000 00071', { foreignkey: '+00 00000 00071' }, { MOBILE: '+00 00000 00071' }],
    ['C-7', { foreignkey: 'C-7' }, { EMAIL: 'asha@example.com' }],
  ])('sends events of %s in all fields', async (who, params, attributes) => {
    const events = await sent('-c', 'sms', '-e', 'all', '--who', who);
    for (const event of events) {
      expect(event.event_params).toMatchObject(params);
      expect(event.att_params).toMatchObject(attributes);
    }
  });
});

test('the same seed sends the same bytes', async () => {
  const options = ['-c', 'all', '-e', 'all', '--contacts', '5', '--batch', '3', '--seed', '7'];
  expect(await sent(...options)).toEqual(await sent(...options));
});
