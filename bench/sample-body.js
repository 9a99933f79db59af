import { readFileSync } from 'node:fs';

/** A form body of 2 kB with two events, as Netcore would send it. */
export function sampleBody() {
  const file = new URL('../samples/email/open.json', import.meta.url);
  const sample = JSON.parse(readFileSync(file, 'utf8'));
  const [panel] = Object.keys(sample.payload);
  const [event] = sample.payload[panel];
  return `data=${encodeURIComponent(JSON.stringify({ [panel]: [event, { ...event, msgid: '547' }] }))}`;
}
