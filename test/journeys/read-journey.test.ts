import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readJourney } from '../../src/journeys/read-journey.js';
import { packageRoot } from '../../src/package-root.js';
import { Problem } from '../../src/problems/problem.js';
import { journeyNames } from '../../src/sample-files.js';
import { builtIn } from '../helpers/journeys.js';

const start = { type: 'activity', activity: 'Registration', next: 'mail' };
const mail = { type: 'message', channel: 'email', next: 'opens' };
const opens = { type: 'wait', for: 'open', within: '1h', met: 'hook' };
const hook = { type: 'webhook', label: 'Shop' };
const sound = { name: 'Own', start, nodes: { mail, opens, hook } };

const written = (journey: unknown) => JSON.stringify(journey, null, 2);

/** The problem's message without its beginning, and the text at its line and column. */
function fault(text: string, channel?: 'sms'): { reason: string; at: string; hint: string } {
  try {
    readJourney(text, 'own.json', channel);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const match = /^own\.json, line (\d+), column (\d+): (.*)\.$/s.exec(error.message);
    const [, line = '', column = '', reason = error.message] = match ?? [];
    const at = text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
    return { reason, at, hint: error.hint };
  }
  throw new Error('It was accepted.');
}

test('reads every built-in journey', () => {
  const names = journeyNames();
  expect(names).toEqual(['abandoned-cart', 'broadcast', 'flight-search', 'hot-lead', 'welcome']);
  for (const name of names) expect(builtIn(name).description).not.toBe('');
  expect(readJourney(written(sound), 'own.json', undefined).nodes).toHaveLength(3);
});

test('reads the journey of docs/rehearse.md', () => {
  const guide = readFileSync(new URL('docs/rehearse.md', packageRoot), 'utf8');
  const [, text = ''] = /```json\n(\{\n.*?)```/s.exec(guide) ?? [];
  expect(readJourney(text, 'own.json', undefined).name).toBe('Festival sale');
});

describe('refuses with line and column', () => {
  test.each<[string, object, string, RegExp]>([
    ['an unknown key', { ...sound, strat: 1 }, '"strat": 1', /"strat" is not a key here/],
    ['a missing key', { name: 'Own', start }, '{', /"nodes" is missing/],
    [
      'a wrong type of node',
      { ...sound, nodes: { ...sound.nodes, hook: { type: 'webhok', label: 'a' } } },
      '"type": "webhok"',
      /"type" is invalid: expected an object whose "type" is message, wait or webhook/,
    ],
    [
      'a wrong duration',
      { ...sound, nodes: { ...sound.nodes, opens: { ...opens, within: 'an hour' } } },
      '"within": "an hour"',
      /expected a duration like/,
    ],
    [
      'a wrong duration in a list',
      {
        ...sound,
        nodes: {
          ...sound.nodes,
          mail: { ...mail, behaviour: { open: { after: ['1m', 'soon'] } } },
        },
      },
      '"soon"',
      /"after" is invalid: expected a duration like/,
    ],
    [
      'a duration of more than 30 days',
      { ...sound, nodes: { ...sound.nodes, opens: { ...opens, within: '31d' } } },
      '"within": "31d"',
      /expected at most 30d/,
    ],
    [
      'a wrong percentage',
      { ...sound, start: { ...start, chance: '101%' } },
      '"chance": "101%"',
      /expected a percentage/,
    ],
    [
      'a name of no node',
      { ...sound, start: { ...start, next: 'male' } },
      '"next": "male"',
      /there is no node "male"/,
    ],
    [
      'an activity that the channel does not report',
      { ...sound, nodes: { ...sound.nodes, mail: { ...mail, behaviour: { failed: {} } } } },
      '"failed": {}',
      /email does not report "failed"/,
    ],
    [
      'a parameter that no event has',
      { ...sound, nodes: { ...sound.nodes, hook: { ...hook, params: ['emial'] } } },
      '"emial"',
      /expected one of .*email/,
    ],
    [
      'chances of more than 100%',
      {
        ...sound,
        nodes: { ...sound.nodes, mail: { ...mail, behaviour: { bounce: { chance: '4%' } } } },
      },
      '"behaviour"',
      /chances of both exceed 100%/,
    ],
    [
      'a loop',
      { ...sound, nodes: { ...sound.nodes, hook: { ...hook, next: 'mail' } } },
      '"hook"',
      /the journey loops: mail → opens → hook → mail/,
    ],
    [
      'a node without a way to it',
      { ...sound, nodes: { ...sound.nodes, other: hook } },
      '"other"',
      /no path leads to "other"/,
    ],
    [
      'a journey without a webhook',
      { ...sound, nodes: { mail: { type: 'message', channel: 'email' } } },
      '"nodes"',
      /never sends anything/,
    ],
    [
      'a start that is never met',
      { ...sound, start: { ...start, chance: '0%' } },
      '"chance": "0%"',
      /no contact ever enters/,
    ],
    [
      'a wait without a message',
      { ...sound, start: { ...start, next: 'opens' }, nodes: { opens, hook } },
      '"type": "wait"',
      /its message is not sent before it/,
    ],
    [
      'a wait for what never happens',
      {
        ...sound,
        nodes: { ...sound.nodes, mail: { ...mail, behaviour: { delivered: { chance: '0%' } } } },
      },
      '"for": "open"',
      /never gets that far/,
    ],
    [
      'a wait that is too short',
      {
        ...sound,
        nodes: { ...sound.nodes, mail: { ...mail, behaviour: { open: { after: ['2h', '3h'] } } } },
      },
      '"within": "1h"',
      /ends before the earliest reaction/,
    ],
    [
      'a wait for an open after a bounce',
      {
        ...sound,
        nodes: {
          mail: { ...mail, next: 'bounces' },
          bounces: { type: 'wait', for: 'bounce', within: '1h', met: 'opens' },
          opens,
          hook,
        },
      },
      '"for": "open"',
      /never gets that far/,
    ],
    [
      'a webhook of a list without a wait that was met',
      {
        ...sound,
        start: { type: 'list', name: 'All', next: 'mail' },
        nodes: { mail: { ...mail, next: 'hook' }, hook },
      },
      '"type": "webhook"',
      /can never fire: a list has no activity that it could carry/,
    ],
    [
      'activities of a webhook outside a broadcast',
      { ...sound, nodes: { ...sound.nodes, hook: { ...hook, activities: ['open'] } } },
      '"activities"',
      /only a webhook of a broadcast/,
    ],
    [
      'a wait in a broadcast',
      { ...sound, start: { type: 'broadcast', name: 'All', next: 'mail' } },
      '"type": "wait"',
      /a broadcast has no waits/,
    ],
    [
      'delays in the wrong order',
      {
        ...sound,
        nodes: { ...sound.nodes, mail: { ...mail, behaviour: { open: { after: ['2h', '1m'] } } } },
      },
      '"open"',
      /the minimum of "after" exceeds its maximum/,
    ],
  ])('%s', (_, journey, at, reason) => {
    const found = fault(written(journey));
    expect(found.reason).toMatch(reason);
    expect(found.at.startsWith(at), found.at).toBe(true);
    expect(found.hint).toMatch(/\S{3}/);
  });

  test('text that is not JSON', () => {
    const found = fault(written(sound).replace('"Own",', '"Own"'));
    expect(found.reason).toMatch(/^it is not valid JSON: /);
    expect(found.at).toMatch(/^"start"/);
  });

  test('a name that occurs twice, of which JSON.parse would drop one', () => {
    const found = fault(written(sound).replace('"hook": {', '"mail": {\n'));
    expect(found.reason).toBe('"mail" occurs twice');
  });

  test.each(['{}', '[]', 'null', '7', '', ' '])('%j', (text) => {
    expect(fault(text).reason).not.toBe('');
  });
});

test('checks a journey of many waits in a moment', () => {
  const pairs = Array.from({ length: 45 }, (_, index) => [
    [`mail${index}`, { ...mail, next: `opens${index}` }],
    [`opens${index}`, { ...opens, met: `mail${index + 1}`, missed: `mail${index + 1}` }],
  ]).flat();
  const nodes = { ...Object.fromEntries(pairs), mail45: { ...mail, next: 'opens' }, opens, hook };
  const journey = { name: 'Own', start: { ...start, next: 'mail0' }, nodes };
  expect(readJourney(written(journey), 'own.json', undefined).nodes).toHaveLength(93);
});

test('suggests the key that is meant', () => {
  expect(fault(written({ nam: 'Own', start, nodes: sound.nodes })).hint).toBe(
    'Did you mean "name"?',
  );
});

test('refuses a channel on which the journey cannot go on, with those on which it can', () => {
  const { reason, hint } = fault(written(sound), 'sms');
  expect(reason).toBe('sms does not report "open", so this can never happen');
  expect(hint).toBe('Channels that report it: email, whatsapp, rcs.');
});

test('takes a bounce of e-mail for a failure on another channel', () => {
  const bounces = { ...opens, for: 'bounce' };
  const text = written({ ...sound, nodes: { mail, opens: bounces, hook } });
  const [message] = readJourney(text, 'own.json', 'rcs').nodes;
  expect(message).toMatchObject({ channel: 'rcs', reactions: { failure: { activity: 'failed' } } });
});
