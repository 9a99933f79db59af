import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { run } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import {
  netcoreEvent,
  simulationLine,
  type TruthEvent,
  truthLine,
  wallClock,
} from '../helpers/truth.js';

const start = Date.UTC(2026, 11, 1) / 1000;

const kinds = [
  ['email', 'delivered'],
  ['email', 'open'],
  ['email', 'click'],
  ['sms', 'click'],
  ['whatsapp', 'open'],
] as const;

const anEvent: fc.Arbitrary<TruthEvent> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    person: fc.integer({ min: 0, max: 30 }),
    msgid: fc.constantFrom('9007001', '9007002'),
    second: fc.integer({ min: 0, max: 86_399 }),
    link: fc.constantFrom('https://shop.example.com/a', 'https://shop.example.com/b'),
  })
  .map(({ kind: [channel, activity], person, msgid, second, link }) => ({
    msgid,
    contact:
      channel === 'email'
        ? `person.${person}@example.com`
        : `91${String(person).padStart(10, '0')}`,
    channel,
    activity,
    time: start + second,
    detail: activity === 'click' ? link : '',
  }));

/** How a table writes the events. */
const aTable = fc.record({
  form: fc.constantFrom(',', ';', '\t', 'json'),
  /** Hours ahead of UTC, and how times say so. */
  zone: fc.constantFrom(
    { ahead: 5.5, tz: undefined, end: '' },
    { ahead: 1, tz: 'Europe/Berlin', end: '' },
    { ahead: 0, tz: 'UTC', end: '' },
    { ahead: 9, tz: undefined, end: '+09:00' },
    { ahead: 0, tz: undefined, end: 'Z' },
  ),
  spelling: fc.integer({ min: 0, max: 2 }),
});

type Table = typeof aTable extends fc.Arbitrary<infer T> ? T : never;

const spellings = {
  who: [
    (text: string) => text,
    (text: string) => (text.startsWith('91') ? text.slice(2) : text.toUpperCase()),
    (text: string) => text.replace(/^91(.{5})/, '+91 $1 '),
  ],
  event: [
    (text: string) => text,
    (text: string) => ({ open: 'Opened', click: 'clicked' })[text] ?? text,
    (text: string) => text.toUpperCase(),
  ],
};

function tableOf(events: readonly TruthEvent[], { form, zone, spelling }: Table): string {
  const columns = ['Contact', 'Message ID', 'Channel', 'Activity', 'Event Time', 'Link'];
  const rows = events.map(({ contact, msgid, channel, activity, time, detail }, index) => {
    const way = (spelling + index) % 3;
    const written = wallClock(time, zone.ahead * 3600).replace('T', index % 2 ? 'T' : ' ');
    return [
      spellings.who[way]?.(contact) ?? '',
      msgid,
      index % 2 ? channel : channel.toUpperCase(),
      spellings.event[way]?.(activity) ?? '',
      `${written}${zone.end}`,
      detail,
    ];
  });
  if (form === 'json') {
    return rows
      .map((row) => JSON.stringify(Object.fromEntries(row.map((cell, at) => [columns[at], cell]))))
      .join('\n');
  }
  return [columns, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(form)).join('\r\n');
}

test('the events that a table lacks are those that are missing, for any truth', async () => {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anEvent, {
        minLength: 1,
        maxLength: 60,
        selector: (event) => truthLine(event),
      }),
      aTable,
      fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      async (events, table, choices) => {
        const choice = () => Number(choices.next().value);
        const lost = events.filter(() => choice() === 0);
        const unsent = events.filter((event) => !lost.includes(event) && choice() === 1);
        const stored = events.filter((event) => ![...lost, ...unsent].includes(event));
        const repeats = stored.filter(() => choice() === 0);
        const late = stored.filter(() => choice() === 0);
        const inTime = stored.filter((event) => !late.includes(event));
        const truth = [
          simulationLine,
          ...events.map((event) =>
            truthLine(event, unsent.includes(event) ? [null, 500][choice() % 2] : 200),
          ),
          ...repeats.map((event) => truthLine(event, 200, true)),
          ...lost.filter(() => choice() === 0).map((event) => truthLine(event, 500, true)),
        ];
        writeFileSync(path('truth.ndjson'), `${truth.join('\n')}\n`);
        const rows = [...inTime, ...repeats, ...late];
        writeFileSync(
          path('table'),
          rows.length > 0 ? tableOf(rows, table) : 'contact,msgid,activity',
        );
        const { exit, out, err } = await run(
          [
            ...['reconcile', '--expect', 'truth.ndjson', '--in', 'table', '--json'],
            ...['--missing', 'missing.ndjson'],
            ...(table.zone.tz ? ['--tz', table.zone.tz] : []),
          ],
          { cwd: folder },
        );
        expect(err).toBe('');
        expect(JSON.parse(out)).toMatchObject({
          type: 'reconciled',
          both: stored.length,
          missing: lost.length,
          unexpected: 0,
          unconfirmed: unsent.length,
          in: { repeated: repeats.length },
        });
        const missing = readFileSync(path('missing.ndjson'), 'utf8').split('\n').filter(Boolean);
        expect(missing.sort()).toEqual(lost.map((event) => truthLine(event)).sort());
        expect(exit).toBe(lost.length > 0 ? 1 : 0);
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);

test('the events that a store lacks are those that are missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(anEvent, {
        minLength: 2,
        maxLength: 30,
        selector: (event) => truthLine(event),
      }),
      fc.nat(),
      async (events, chosen) => {
        const lost = events[chosen % events.length];
        const stored = events.filter((event) => event !== lost).map(netcoreEvent);
        const { files } = await recordCalls([
          { body: bodyOf(stored) },
          { body: bodyOf([stored[0]]) },
        ]);
        const truth = [simulationLine, ...events.map((event) => truthLine(event))];
        writeFileSync(join(files.folder, 'truth.ndjson'), truth.join('\n'));
        const { exit, out } = await run(
          ['reconcile', '--expect', 'truth.ndjson', '--store', '.', '--json'],
          { cwd: files.folder },
        );
        expect(JSON.parse(out)).toMatchObject({
          key: ['key'],
          both: events.length - 1,
          missing: 1,
          unexpected: 0,
          in: { repeated: 1 },
        });
        expect(exit).toBe(1);
      },
    ),
    { numRuns: 10 },
  );
}, 60_000);
