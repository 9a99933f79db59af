import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/package-root.js';
import { canonicalActivity, canonicalChannel, channels } from '../src/payload/channels.js';
import { listSamples } from '../src/sample-files.js';

const samples = listSamples();
const nameOf = (sample: { channel: string; activity: string }) =>
  `${sample.channel}/${sample.activity}`;

describe('the samples', () => {
  test('are the files of the folder, no more and no fewer', () => {
    const folder = new URL('samples/', packageRoot);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json') && !/^journeys\b/.test(name))
      .map((name) => name.replaceAll('\\', '/').replace('.json', ''));
    expect(files.sort()).toEqual(samples.map(nameOf).sort());
    expect(samples).toHaveLength(19);
  });

  test.each(channels)('hold exactly one sample of %s that Netcore documents', (channel) => {
    const documented = samples.filter(
      (sample) => sample.channel === channel && sample.source === 'page',
    );
    expect(documented).toHaveLength(1);
  });

  test('say of every other one which documented sample it was derived from', () => {
    const documented = samples.filter((sample) => sample.source === 'page').map(nameOf);
    for (const sample of samples.filter(({ source }) => source !== 'page')) {
      expect(documented, nameOf(sample)).toContain(sample.source.replace('derived from ', ''));
    }
  });

  test.each(samples)(
    'of $channel $activity hold an event of just that',
    ({ channel, activity, payload }) => {
      const events = Object.values(payload)
        .flat()
        .filter((event) => canonicalChannel(String(event.channel)) === channel);
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) {
        const found =
          channel === 'custom_activity' ? 'activity' : canonicalActivity(String(event.event));
        expect(found).toBe(activity);
      }
    },
  );

  test('reach nobody: one test panel, and no address outside example.com', () => {
    for (const sample of samples) {
      expect(Object.keys(sample.payload)).toEqual(['netcore_hook_test']);
      const text = JSON.stringify(sample.payload);
      for (const [, domain] of text.matchAll(/@([a-z0-9.-]+)/gi)) {
        expect(domain).toBe('example.com');
      }
    }
  });

  test("keep the quirks of Netcore's page", () => {
    const eventsOf = (name: string) =>
      samples
        .filter((sample) => nameOf(sample) === name)
        .flatMap((s) => s.payload.netcore_hook_test);
    expect(eventsOf('whatsapp/click').map((event) => [event?.channel, event?.event])).toEqual([
      ['whatsapp', 'clicked'],
      ['WhatsApp', 'Clicked'],
    ]);
    expect(eventsOf('sms/delivered').map((event) => event?.channel)).toEqual(['sms', 'email']);
    expect(eventsOf('rcs/click')[0]?.event_params).toMatchObject({ ts: '240704122501' });
    expect(eventsOf('email/open')[0]).toMatchObject({
      udt_params: { attr1: 'value1', attr2: 'value2' },
      event_params: { ts: 221202154805, useragent: expect.any(String) },
    });
  });
});

describe("the strings of Netcore's page", () => {
  const folder = new URL('test/fixtures/vendor-page/', packageRoot);
  const documented = samples.filter((sample) => sample.source === 'page');

  test.each(documented)(
    'hold the sample of $channel $activity',
    ({ channel, activity, payload }) => {
      const name = `${channel}-${activity}`;
      const encoded = /^data="(.*)"\n$/.exec(readFileSync(new URL(`${name}.txt`, folder), 'utf8'));
      const json = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
      expect(JSON.parse(decodeURIComponent(encoded?.[1] ?? ''))).toEqual(json);
      expect(json).toEqual(payload);
    },
  );
});
