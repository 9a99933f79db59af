import { problem } from '../../problems/problem.js';
import { auth, header, insecure, mostConcurrent, timeout, to, yes } from './calling.js';
import { choice, list, onOff, path, readBy, repeated, time, words } from './kinds.js';
import type { OptionGroups } from './option.js';
import { panelOfSamples, samplesOf } from './sending.js';
import { duration, longestTimer } from './values.js';

/** So many calls at a time, for so many milliseconds. */
const burst = readBy('20x5s', (name, typed) => {
  const [, atOnce = '', lasts = ''] = /^(\d+)x(.+)$/i.exec(typed) ?? [];
  const count = Number(atOnce);
  if (count >= 1 && count <= mostConcurrent) {
    return { atOnce: count, lasts: Math.max(1, duration(name, lasts, longestTimer)) };
  }
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason: atOnce === '' ? 'it is not NxD' : `1 to ${mostConcurrent} calls at a time can be sent`,
    hint: 'Write it like 20x5s: 20 calls at a time, for 5 seconds.',
  });
});

const checkId = words('methods', '^[A-Za-z][A-Za-z0-9_-]*$', 'it is no id of a check');

export const testEndpointOptions = {
  'How to reach it:': {
    to: { ...to, says: 'the endpoint, instead of the argument' },
    auth,
    header: { ...header, says: 'a header for every call; may be repeated' },
    timeout: { ...timeout, says: 'how long an answer may take' },
    insecure,
    wait: { flags: '--wait <duration>', kind: time(), says: 'wait so long until it is up' },
  },
  'What to ask:': {
    suite: {
      flags: '--suite <name>',
      kind: choice(['basic', 'full']),
      says: 'how much',
      setting: 'How much test-endpoint asks.',
      standard: 'basic',
      key: 'suite',
    },
    only: {
      flags: '--only <checks>',
      kind: list(checkId),
      says: 'only these checks, of any suite',
      completed: 'checks',
    },
    skip: {
      flags: '--skip <checks>',
      kind: list(checkId),
      says: 'all but these checks',
      setting: 'The checks that test-endpoint leaves out.',
      key: 'skip',
      completed: 'checks',
    },
    list: { flags: '--list', kind: onOff, says: 'list the checks instead of running them' },
    channel: { ...samplesOf, says: 'with samples of these channels, or all' },
    panel: { ...panelOfSamples, says: 'the panel of the samples' },
    yes: { ...yes, says: 'do not ask before calls with events go beyond this machine' },
  },
  'Load and endurance:': {
    burst: {
      flags: '--burst <NxD>',
      kind: burst,
      says: 'also so many calls at a time, for so long: 20x5s',
    },
    soak: {
      flags: '--soak <duration>',
      kind: time({ max: Number.MAX_SAFE_INTEGER }),
      says: 'also one harmless call every so often, for so long: 24h',
    },
    every: {
      flags: '--every <duration>',
      kind: time(),
      says: 'how often --soak calls',
      standard: '1m',
    },
    state: {
      flags: '--state <file>',
      kind: path('./soak.json'),
      says: 'where --soak keeps how far it has come',
      otherwise: 'in the store',
      completed: 'files',
    },
    alertCommand: {
      flags: '--alert-command <command>',
      kind: words('notify-send'),
      says: 'run when --soak first fails, and when it is well again',
    },
  },
  'What comes of it:': {
    report: {
      flags: '--report <file>',
      kind: repeated(path('./ready.html')),
      says: 'write a report: .html, .xml (JUnit), .json or .md',
      completed: 'files',
    },
    failOn: {
      flags: '--fail-on <outcome>',
      kind: choice(['failure', 'warning']),
      says: 'what makes the exit code 1',
      setting: 'What makes the exit code of test-endpoint 1.',
      standard: 'failure',
      key: 'failOn',
    },
    framework: {
      flags: '--framework <name>',
      kind: choice([
        'express',
        'fastify',
        'next',
        'nest',
        'php',
        'laravel',
        'django',
        'flask',
        'go',
        'nginx',
      ]),
      says: 'show fixes for this one, instead of the one recognised',
      setting: 'The framework that test-endpoint shows fixes for; else the one that it recognises.',
      key: 'framework',
    },
  },
} as const satisfies OptionGroups;
