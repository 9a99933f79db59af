import { describe, expect, test } from 'vitest';
import { compareFields } from '../../../../src/inspector/page/detail/compare-fields.js';
import { eventFields } from '../../../../src/inspector/page/detail/event-fields.js';

/** What differs, by path: the value there; and the paths that only the other has. */
function compared(event: string, other: string) {
  const { differing, lacking } = compareFields(eventFields(event), eventFields(other));
  return {
    differing: Object.fromEntries([...differing].map(([{ path }, json]) => [path.join('.'), json])),
    lacking: lacking.map(({ path }) => path.join('.')),
  };
}

describe('two events', () => {
  test.each([
    ['are the same', '{"msgid":"546"}', '{ "msgid" : "546" }', {}, []],
    ['differ in a value', '{"event":"open"}', '{"event":"click"}', { event: '"click"' }, []],
    [
      'differ in how a value is written',
      '{"msgid":546}',
      '{"msgid":"546"}',
      { msgid: '"546"' },
      [],
    ],
    [
      'differ within a group',
      '{"event_params":{"linkid":1,"ts":2}}',
      '{"event_params":{"ts":3,"linkid":1}}',
      { 'event_params.ts': '3' },
      [],
    ],
    [
      'have fields that the other lacks',
      '{"msgid":"1","att_params":{"CITY":"Pune"}}',
      '{"msgid":"1","custom_params":{"Action":"Open"}}',
      { 'att_params.CITY': null },
      ['custom_params.Action'],
    ],
    [
      'are matched by the order of a key that stands twice',
      '{"event":"open","event":"click"}',
      '{"event":"open","event":"bounce","event":"open"}',
      { event: '"bounce"' },
      ['event'],
    ],
    [
      'are the same whatever blanks an inner list has',
      '{"event_params":{"a":{"b":{"c":[1,2]}}}}',
      '{"event_params":{"a":{"b":{"c":[1, 2]}}}}',
      {},
      [],
    ],
  ])('%s', (_, event, other, differing, lacking) => {
    expect(compared(event, other)).toEqual({ differing, lacking });
  });
});
