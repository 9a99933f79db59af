import { describe, expect, test } from 'vitest';
import { canonicalChannel } from '../../src/payload/channels.js';
import { documentedField, documentedFields } from '../../src/payload/documented-fields.js';
import { payloadJsonSchema } from '../../src/payload/schema.js';
import { listSamples } from '../../src/sample-files.js';

const fromPage = listSamples()
  .filter(({ source }) => source === 'page')
  .flatMap(({ payload }) => Object.values(payload).flat());

/** `email event_params.ts`, for each field of event_params in the samples of Netcore's page. */
const shown = new Set(
  fromPage.flatMap((event) =>
    Object.keys(event.event_params ?? {}).map(
      (key) => `${canonicalChannel(String(event.channel))} event_params.${key}`,
    ),
  ),
);

describe('the documented fields', () => {
  test("are, of event_params, just those of the samples on Netcore's page, channel by channel", () => {
    const listed = documentedFields
      .filter(({ path, source }) => source === 'page' && path.startsWith('event_params.'))
      .flatMap(({ path, channels }) => channels.map((channel) => `${channel} ${path}`));
    expect(listed.sort()).toEqual([...shown].sort());
  });

  test('explain every key of every sample', () => {
    const missing = listSamples().flatMap(({ payload }) =>
      Object.values(payload)
        .flat()
        .flatMap((event) =>
          Object.entries(event).flatMap(([key, value]) => [
            [key],
            ...(key.endsWith('_params') ? Object.keys(value as object).map((k) => [key, k]) : []),
          ]),
        )
        .filter((path) => documentedField(path) === undefined),
    );
    expect(missing).toEqual([]);
  });

  test('have one entry a path, and a meaning that is a sentence', () => {
    const paths = documentedFields.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { meaning } of documentedFields) expect(meaning).toMatch(/^[A-Z].*\.$/);
  });

  test('are what the JSON Schema says of them', () => {
    const text = JSON.stringify(payloadJsonSchema());
    for (const { path, meaning } of documentedFields) {
      const isOpen = /^(?:att|custom|udt|payload)_params\./.test(path);
      if (!isOpen) expect(text, path).toContain(JSON.stringify(meaning));
    }
  });
});

test.each([
  ['event_params.ts', /^When it happened/],
  ['att_params.EMAIL', /e-mail address/],
  ['att_params.LOYALTY_TIER', /^An attribute of the contact/],
  ['payload_params.items.0.price_s', /own parameter/],
  ['event_params.os', undefined],
  ['region', undefined],
  ['__proto__', undefined],
])('the meaning of %s', (path, meaning) => {
  const found = documentedField(path.split('.'))?.meaning;
  if (meaning === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(meaning);
});
