import { problem } from '../../problems/problem.js';
import { soakAlertChannels } from './alerting.js';
import { auth, header, insecure, maxConcurrent, timeout, to, yes } from './calling.js';
import { bareList, choice, list, onOff, path, readBy, repeated, time, words } from './kinds.js';
import type { OptionGroups } from './option.js';
import { panelOfSamples, samplesOf } from './sending.js';
import { duration, maxTimer } from './values.js';

/** Concurrency, and duration in milliseconds. */
const burst = readBy('20x5s', (name, typed) => {
  const [, concurrent = '', lasting = ''] = /^(\d+)x(.+)$/i.exec(typed) ?? [];
  const count = Number(concurrent);
  if (count >= 1 && count <= maxConcurrent) {
    return { concurrency: count, durationMs: Math.max(1, duration(name, lasting, maxTimer)) };
  }
  throw problem('invalid_value', {
    what: name,
    value: typed,
    reason:
      concurrent === '' ? 'it is not NxD' : `1 to ${maxConcurrent} calls at a time can be sent`,
    hint: 'Write it like 20x5s: 20 calls at a time, for 5 seconds.',
  });
});

const checkId = words('methods', '^[A-Za-z][A-Za-z0-9_-]*$', 'it is not the id of a check');

export const testEndpointOptions = {
  'Connection:': {
    to: { ...to, description: 'the endpoint, instead of the argument' },
    auth,
    header: { ...header, description: 'add or replace a header of every call; repeatable' },
    timeout: { ...timeout, description: 'wait up to this long for each answer' },
    insecure,
    wait: {
      flags: '--wait <duration>',
      kind: time(),
      description: 'wait up to this long for the endpoint to come up',
    },
  },
  'Checks:': {
    suite: {
      flags: '--suite <name>',
      kind: choice(['basic', 'full']),
      description: 'run this suite',
      default: 'basic',
      key: 'suite',
    },
    only: {
      flags: '--only <checks>',
      kind: list(checkId),
      description: 'run only these checks, from any suite',
      completion: 'checks',
    },
    skip: {
      flags: '--skip <checks>',
      kind: list(checkId),
      description: 'skip these checks',
      key: 'skip',
      completion: 'checks',
    },
    list: { flags: '--list', kind: onOff, description: 'list the checks instead of running them' },
    channel: { ...samplesOf, description: 'also send samples of these channels, or all' },
    panel: { ...panelOfSamples, description: 'send the samples under this panel' },
    yes: { ...yes, description: 'send events beyond this machine without confirmation' },
  },
  'Loop:': {
    watch: {
      flags: '--watch [paths...]',
      kind: bareList(path('./src')),
      description: 'run again when these files or folders change, or on Enter',
      defaultNote: 'the working folder',
      completion: 'files',
    },
  },
  'Load and endurance:': {
    burst: {
      flags: '--burst <NxD>',
      kind: burst,
      description: 'also run a load test: 20x5s is 20 concurrent calls for 5 seconds',
    },
    soak: {
      flags: '--soak <duration>',
      kind: time({ max: Number.MAX_SAFE_INTEGER }),
      description: 'also send one harmless call at regular intervals for this long: 24h',
    },
    every: {
      flags: '--every <duration>',
      kind: time(),
      description: 'interval between the calls of --soak',
      default: '1m',
    },
    state: {
      flags: '--state <file>',
      kind: path('./soak.json'),
      description: 'store the progress of --soak in this file',
      defaultNote: 'in the store',
      completion: 'files',
    },
    ...soakAlertChannels,
    alertEvery: {
      flags: '--alert-every <duration>',
      kind: time({ max: Number.MAX_SAFE_INTEGER }),
      description: 'send at most one alert of each kind in this time',
      default: '1m',
    },
  },
  'Result:': {
    report: {
      flags: '--report <file>',
      kind: repeated(path('./ready.html')),
      description: 'write a report: .html, .xml (JUnit), .json or .md; repeatable',
      completion: 'files',
    },
    saveFailures: {
      flags: '--save-failures <folder>',
      kind: path('./failures'),
      description: 'write each failed call there: its body, its answer, and a curl command',
      completion: 'folders',
    },
    failOn: {
      flags: '--fail-on <outcome>',
      kind: choice(['failure', 'warning']),
      description: 'exit with 1 on this outcome',
      default: 'failure',
      key: 'failOn',
    },
    framework: {
      flags: '--framework <name>',
      kind: choice([
        'node',
        'express',
        'fastify',
        'next',
        'nest',
        'php',
        'laravel',
        'django',
        'flask',
        'fastapi',
        'go',
        'nginx',
      ]),
      description: 'show fixes for this framework instead of the detected one',
      key: 'framework',
    },
  },
} as const satisfies OptionGroups;
