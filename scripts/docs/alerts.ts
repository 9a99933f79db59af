import { type Alert, alertJson, alertVariables, describeAlert } from '../../src/alerts/alert.js';
import type { AlertFact, AlertKind } from '../../src/alerts/fact.js';
import { alertKinds } from '../../src/alerts/kinds.js';
import { code, table } from './markdown.js';

/** Each field of an alert; the compiler holds these against the type. */
const fields: Readonly<Record<keyof Alert, string>> = {
  kind: 'the kind, from the table above',
  severity:
    '`critical`: calls are lost, or soon will be. `warning`: needs repair within days. `info`: nothing to do',
  state: '`firing`, or `resolved` when the condition of an earlier alert has ended',
  key: 'identifies the condition, also after a restart: machine, profile, condition, and handler or store',
  title: 'what happened, in a few words',
  message: 'what happened, in one or two sentences',
  time: 'when, ISO 8601 in UTC',
  since: 'when the condition began, or the first of several calls; null for its end',
  count: 'how often it has happened since the last alert of this kind, this time included',
  heldBack:
    'alerts of this kind that were held back since the last one, because of `--alert-every`',
  host: "the machine's name",
  listener: "the listener's URL; null for a worker, and before the listener is ready",
  profile: 'the profile',
  losing: 'what is being lost now, as a sentence',
  safeUntil:
    'until when no call is lost: `time`, and `because` of `first_give_up` (the first waiting call is given up) or `disk_full` (at the current rate); null when unknown',
  command: 'one command that helps; null when there is none',
  details: 'the figures of the message, by kind: see below',
};

type DetailsOf<K extends AlertKind> = Exclude<
  keyof Extract<AlertFact, { kind: K }>,
  'kind' | 'since'
>;

const to = 'the URL of the handler';
const lasted = 'how long it lasted, in milliseconds';
const status = 'the status; null when no answer arrived';
const reason =
  'the start of the answer, or why none arrived; what looks like personal data is masked';
const webhooks = 'the webhooks, each with `panel`, `webhook` (its label, or null)';

/** The details of each kind; the compiler holds these against the types. */
const details: { readonly [K in AlertKind]: Readonly<Record<DetailsOf<K>, string>> } = {
  store_failing: { reason: 'why' },
  store_recovered: { lasted },
  disk_low: { folder: 'the folder of the store', free: 'bytes', total: 'bytes' },
  disk_recovered: { free: 'bytes', lasted },
  silence: {
    lasted: 'for how long no call has arrived, in milliseconds',
    all: 'true: no call arrives at all',
    webhooks: `${webhooks} and \`since\` (the time of its last call, in milliseconds since 1970)`,
    refused: 'how many calls were refused since the last recorded one, by code',
  },
  silence_over: {
    lasted,
    webhooks: `${webhooks}; empty when no call arrived at all`,
    silent: 'the webhooks that are still silent, in the same form',
  },
  wrong_password: {
    user: 'the user name',
    remote: 'the address of the last call',
    calls: 'how many',
  },
  not_200: {
    status: 'the status of the last answer',
    code: 'why that call was refused; null for a recorded call',
    calls: 'how many',
    refused: 'how many, by code, or by status for recorded calls',
  },
  call_dead: {
    capture: 'the id of the last call',
    to,
    tries: 'its attempts',
    status,
    reason,
    calls: 'how many calls',
    lasted: 'from the first of them to the last, in milliseconds',
    answers: 'the last answers by frequency, each with `status`, `reason` and `calls`',
  },
  breaker_opened: { to, status, reason },
  breaker_closed: { to, lasted },
  queue_old: {
    to,
    age: 'the age of the oldest call, in milliseconds',
    paused: 'since when forwarding is paused; null: it is not',
  },
  queue_caught_up: { to, lasted },
  queue_failing: { to, reason: 'why' },
  queue_recovered: { to, lasted },
  not_forwarded: {
    capture: 'the id of the last call',
    to,
    reason: '`no_data` or `unreadable`',
    calls: 'how many',
  },
  captures_removed: {
    limit: 'the limit that removed them, like `--keep 20`',
    before: 'the limit that would have kept them, like `--keep-for 30d`',
    captures: 'how many',
    age: 'of the newest removed one, in milliseconds',
  },
  calls_refused: {
    remote: 'the address of the last call',
    refused: 'how many, by code',
    calls: 'how many',
  },
  soak_failed: { to: 'the URL of the endpoint', status: 'null', reason: 'the outcome of the call' },
  soak_recovered: { to: 'the URL of the endpoint', lasted },
  test: {},
};

const time = Date.UTC(2026, 10, 23, 12);

/** An alert as the reference shows it. */
function exampleAlert(): Alert {
  const answer = { status: 422, reason: 'unknown journey' };
  const fact: AlertFact = {
    kind: 'call_dead',
    since: time - 360_000,
    capture: '1pbv5g9h38',
    to: 'http://127.0.0.1:3000/webhooks/netcore',
    tries: 5,
    ...answer,
    calls: 412,
    lasted: 360_000,
    answers: [{ ...answer, calls: 412 }],
  };
  return describeAlert(
    fact,
    { time, heldBack: 411 },
    {
      host: 'shop-1',
      profile: 'default',
      store: '',
      listener: 'http://127.0.0.1:4400/',
      outlook: () => ({ firstGiveUp: time + 86_400_000, diskFull: undefined }),
      onStore: (command) => command,
    },
  );
}

/** docs/alert-reference.md: every kind of alert, its JSON and its variables. */
export function writeAlertReference(): string {
  const kinds = Object.entries(alertKinds);
  const example = exampleAlert();
  return [
    '# Alert reference',
    '',
    'Generated by `npm run docs` from the types in the code. The guide is [Alerts](alerts.md).',
    '',
    '## Kinds',
    '',
    '`--alert-every` limits each kind by itself. A kind that ends another one has the same key and the state `resolved`.',
    '',
    ...table(
      ['kind', 'severity', 'ends with', 'meaning'],
      kinds.map(([kind, { severity, endsWith, meaning }]) => [
        code(kind),
        severity,
        endsWith === undefined ? '' : code(endsWith),
        meaning,
      ]),
    ),
    '',
    '## JSON',
    '',
    '`--alert-command` gets one line of JSON on stdin, and `--alert-url` (format `json`) the same with `text`, which',
    'repeats `message`. New fields may be added; these stay.',
    '',
    '```json',
    JSON.stringify(JSON.parse(alertJson(example)), undefined, 2),
    '```',
    '',
    ...table(
      ['field', 'meaning'],
      [
        ['`schema`', '1'],
        ['`type`', '`alert`'],
        ...Object.entries(fields).map(([field, meaning]) => [code(field), meaning]),
      ],
    ),
    '',
    '## Variables of --alert-command',
    '',
    ...table(
      ['variable', 'example'],
      Object.entries(alertVariables(example)).map(([name, value]) => [
        code(name),
        value === '' ? '' : code(value),
      ]),
    ),
    '',
    '## Details by kind',
    '',
    'Times are milliseconds since 1970.',
    '',
    ...Object.entries(details).flatMap(([kind, meanings]) => {
      const rows = Object.entries<string>(meanings).map(([field, meaning]) => [
        code(field),
        meaning,
      ]);
      return rows.length === 0 ? [] : [`### ${kind}`, '', ...table(['field', 'meaning'], rows), ''];
    }),
  ].join('\n');
}
