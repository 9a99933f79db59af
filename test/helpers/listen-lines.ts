import { readFileSync } from 'node:fs';

export const smsAndEmail = readFileSync(
  new URL('../fixtures/vendor-page/sms-delivered.txt', import.meta.url),
  'latin1',
)
  .trim()
  .replace(/^data="(.*)"$/, 'data=$1');

export function lines(text: string, type: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.type === type);
}
