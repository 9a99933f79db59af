import type { AlertKind } from './fact.js';

/** `critical`: calls are lost, or soon will be. `warning`: needs repair within days. */
export type Severity = 'critical' | 'warning' | 'info';

/** What each kind means. Kinds are permanent. */
export interface KindDescription {
  /** Alerts about the same condition share their key: it fires with one kind and ends with another. */
  readonly condition: string;
  readonly severity: Severity;
  /** The kind that reports the end. Undefined: each alert stands for itself. */
  readonly endsWith?: AlertKind;
  /** It reports the end of its condition. */
  readonly ends?: true;
  /** For the documents. */
  readonly meaning: string;
}

export const alertKinds: Readonly<Record<AlertKind, KindDescription>> = {
  store_failing: {
    condition: 'store',
    severity: 'critical',
    endsWith: 'store_recovered',
    meaning: 'Calls cannot be recorded, and are answered 503.',
  },
  store_recovered: {
    condition: 'store',
    severity: 'info',
    ends: true,
    meaning: 'Calls are recorded again.',
  },
  disk_low: {
    condition: 'disk',
    severity: 'critical',
    endsWith: 'disk_recovered',
    meaning:
      "The store's disk has less than 1 GB free (a tenth of a smaller disk), or is full within an hour at the current rate.",
  },
  disk_recovered: {
    condition: 'disk',
    severity: 'info',
    ends: true,
    meaning: 'The disk has enough space again.',
  },
  silence: {
    condition: 'silence',
    severity: 'critical',
    endsWith: 'silence_over',
    meaning: 'No call arrives for `--alert-silence`, at all or from one webhook.',
  },
  silence_over: {
    condition: 'silence',
    severity: 'info',
    ends: true,
    meaning: 'Calls arrive again. `firing` while other webhooks are still silent.',
  },
  wrong_password: {
    condition: 'password',
    severity: 'critical',
    meaning: 'A known user sent a wrong password: most likely the panel.',
  },
  not_200: {
    condition: 'answers',
    severity: 'critical',
    meaning:
      'A call that passed the login was not answered 200: its body was too large, the listener was overloaded, or `--respond` selected the status.',
  },
  call_dead: {
    condition: 'dead',
    severity: 'critical',
    meaning: 'Calls were given up. One alert counts them by answer.',
  },
  breaker_opened: {
    condition: 'handler',
    severity: 'warning',
    endsWith: 'breaker_closed',
    meaning:
      'The handler fails, and calls wait. `critical` when the first is given up within 6 hours.',
  },
  breaker_closed: {
    condition: 'handler',
    severity: 'info',
    ends: true,
    meaning: 'The handler accepts calls again.',
  },
  queue_old: {
    condition: 'queue',
    severity: 'warning',
    endsWith: 'queue_caught_up',
    meaning:
      'The oldest call has waited for `--alert-age`. `critical` when it is given up within 6 hours.',
  },
  queue_caught_up: {
    condition: 'queue',
    severity: 'info',
    ends: true,
    meaning: 'No call has waited that long any more.',
  },
  queue_failing: {
    condition: 'engine',
    severity: 'warning',
    endsWith: 'queue_recovered',
    meaning: 'The queue itself fails, in the store or on Redis. Calls wait.',
  },
  queue_recovered: {
    condition: 'engine',
    severity: 'info',
    ends: true,
    meaning: 'The queue works again.',
  },
  not_forwarded: {
    condition: 'unforwarded',
    severity: 'warning',
    meaning: 'Calls were recorded and not forwarded, because they have no readable data.',
  },
  captures_removed: {
    condition: 'retention',
    severity: 'warning',
    meaning: '`--keep` or `--keep-size` removed captures before `--keep-for`.',
  },
  calls_refused: {
    condition: 'refused',
    severity: 'info',
    meaning: 'Calls were refused that do not come from the panel (only with `--alert-refused`).',
  },
  soak_failed: {
    condition: 'soak',
    severity: 'critical',
    endsWith: 'soak_recovered',
    meaning: 'The endpoint of `test-endpoint --soak` has stopped answering 200.',
  },
  soak_recovered: {
    condition: 'soak',
    severity: 'info',
    ends: true,
    meaning: 'The endpoint answers 200 again.',
  },
  test: {
    condition: 'test',
    severity: 'info',
    meaning: '`--alert-test` sent it.',
  },
};
