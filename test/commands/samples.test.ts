import { describe, expect, test } from 'vitest';
import { codeText } from '../../src/output/problem-text.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { listSamples } from '../../src/sample-files.js';
import { run } from '../helpers/run.js';

const lines = (text: string) => text.trimEnd().split('\n');

describe('samples', () => {
  test('lists every channel and activity, and where each comes from', async () => {
    const { exit, out, err } = await run(['samples']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(lines(out)).toHaveLength(19);
    expect(lines(out)[0]).toMatch(/^email +delivered +derived from email\/open$/);
    expect(lines(out)[1]).toMatch(/^email +open +Netcore's page$/);
  });

  test('lists them as JSON lines', async () => {
    const { out } = await run(['samples', '--json']);
    expect(lines(out).map((line) => JSON.parse(line))).toEqual(
      listSamples().map(({ channel, activity, source }) => ({
        schema: 1,
        type: 'sample',
        channel,
        activity,
        source,
      })),
    );
  });

  test.each(listSamples())('prints $channel $activity as it is', async (sample) => {
    const { channel, activity, payload } = sample;
    const { exit, out } = await run(['samples', channel, activity]);
    expect(exit).toBe(0);
    expect(out).toBe(`${JSON.stringify(payload, null, 2)}\n`);
  });

  test.each([
    [['samples', 'WhatsApp'], 'clicked'],
    [['samples', 'email', 'Opened'], 'open'],
    [['samples', 'rcs', 'fail'], 'failed'],
  ])('understands %j', async (argv, event) => {
    const { out } = await run(argv);
    expect(JSON.parse(out).netcore_hook_test[0].event).toBe(event);
  });

  test('finds a custom activity by the name that the client gave it', async () => {
    const { out } = await run(['samples', 'custom_activity', 'product search']);
    expect(JSON.parse(out).netcore_hook_test[0].event_params.asset_name).toBe('Product Search');
  });

  test('prints the body of a call', async () => {
    const { out } = await run(['samples', 'sms', 'click', '--print', 'form']);
    const { out: json } = await run(['samples', 'sms', 'click']);
    expect(JSON.parse(dataValue(out.trimEnd()) ?? '')).toEqual(JSON.parse(json));
  });

  test('prints a curl command for the usual listener', async () => {
    const { out } = await run(['samples', 'apn', '--print', 'curl']);
    expect(out).toMatch(/^curl 'http:\/\/127\.0\.0\.1:4400\/' \\\n/);
    expect(out).toContain("--data-raw 'data=%7B");
  });

  test('prints the schema', async () => {
    const { out } = await run(['samples', '--schema']);
    expect(JSON.parse(out).$schema).toContain('2020-12');
    const { out: line } = await run(['samples', '--schema', '--json']);
    expect(JSON.parse(line)).toMatchObject({
      schema: 1,
      type: 'json_schema',
      json_schema: JSON.parse(out),
    });
  });

  test.each([
    [['samples', 'emial'], 'unknown_channel', 'Did you mean "email"?'],
    [['samples', 'constructor'], 'unknown_channel', 'Channels: email'],
    [['samples', '../email'], 'unknown_channel', ''],
    [['samples', 'email', 'opne'], 'unknown_activity', 'Did you mean "open"?'],
    [['samples', 'sms', 'bounce'], 'unknown_activity', 'Activities: delivered, click.'],
    [['samples', 'email', '__proto__'], 'unknown_activity', ''],
    [['samples', '--print', 'curl'], 'usage', 'samples email --print curl'],
    [['samples', 'email', '--schema'], 'usage', 'samples --schema'],
    [['samples', 'email', '--print', 'yaml'], 'invalid_value', 'Choose one of: json, form, curl.'],
  ])('refuses %j', async (argv, code, hint) => {
    const { exit, out, err } = await run(argv);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(codeText(code));
    expect(err).toContain(hint);
  });
});
