import type { FindingCode } from '../../../src/readiness/findings.js';

/** A part of a starter, what it is replaced with, and the findings that this causes. */
interface Fault {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly codes: readonly FindingCode[];
}

/** A starter with faults, and the runs of test-endpoint that find them. */
export interface FaultyStarter {
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly runs: readonly Run[];
}

interface Run {
  readonly options: readonly string[];
  /** null: without credentials. By default, the right ones. */
  readonly auth?: string | null;
  /** The framework is named: the answers of this run alone do not reveal it. */
  readonly isNamed?: true;
}

/** Where the faults of a framework go. */
interface Places {
  readonly file: string;
  /** Stores the call and answers 200. */
  readonly answer: string;
  /** Refuses what is no payload. */
  readonly reading: string;
  readonly authentication: string;
  readonly limit: string;
  readonly limitFile?: string;
}

/** The code of the faults in the language of the framework. */
interface Code {
  /** By channel: email 201, sms 415, apn 400, bpn 500, whatsapp 404, rcs 405, custom_activity 307. */
  readonly statuses: string;
  /** Waits for 1100 ms before it answers an SMS, and for 2700 ms before it answers "data=hello". */
  readonly slow: string;
  /** 400 for an empty body, 415 for a charset, and 500 for what is no JSON, except "data=hello". */
  readonly failing: string;
  /**
   * Accepts any user, "Basic" and "Bearer", no password and anything behind it. Answers 400 to what
   * is no Base64, and 401 with the challenge "Bearer" to a wrong password, without one to none.
   */
  readonly careless: string;
  readonly open: string;
  readonly smallLimit: string;
}

interface Exceptions {
  /** Findings that the code above does not cause here, or that have no snippet. */
  readonly without?: readonly FindingCode[];
  readonly tooLarge?: FindingCode;
  /** Changes to imports that the code needs. */
  readonly imports?: Readonly<
    Partial<Record<keyof Code, readonly (readonly [from: string, to: string])[]>>
  >;
  readonly more?: readonly FaultyStarter[];
}

export function faultsOf(places: Places, code: Code, exceptions: Exceptions = {}): FaultyStarter[] {
  const { file, answer, reading, authentication, limit, limitFile = file } = places;
  const { without = [], tooLarge = 'body_too_large', more = [], imports = {} } = exceptions;
  const codes = (...all: readonly FindingCode[]) => all.filter((each) => !without.includes(each));
  const importsOf = (part: keyof Code): Fault[] =>
    (imports[part] ?? []).map(([from, to]) => ({ file, from, to, codes: [] }));
  return [
    {
      name: 'answers other statuses, and dies',
      faults: [
        ...importsOf('statuses'),
        {
          ...{ file, from: answer, to: code.statuses },
          codes: codes(
            ...([
              'not_exactly_200',
              'content_type_refused',
              'body_refused',
              'server_failed',
            ] as const),
            ...(['not_found', 'method_refused', 'redirected', 'endpoint_died'] as const),
          ),
        },
      ],
      runs: [
        { options: ['--only', 'sample', '--channel', 'all'] },
        { options: ['--only', 'unknown'], isNamed: true },
      ],
    },
    {
      name: 'is slow, and fails at what it does not expect',
      faults: [
        ...importsOf('slow'),
        { file, from: answer, to: code.slow, codes: codes('slow_answer', 'answer_too_late') },
        {
          ...{ file, from: reading, to: code.failing },
          codes: codes('charset_refused', 'malformed_failed', 'empty_body_not_200'),
        },
      ],
      runs: [
        {
          options: [
            ...['--only', 'sample,answer_time,content_type,malformed,empty_body'],
            ...['--channel', 'sms', '--timeout', '2500ms'],
          ],
        },
      ],
    },
    {
      name: 'reads credentials carelessly',
      faults: [
        ...importsOf('careless'),
        {
          ...{ file, from: authentication, to: code.careless },
          codes: codes(
            ...(['wrong_user_accepted', 'other_scheme_accepted', 'password_cut_at_colon'] as const),
            ...(['wrong_password_accepted', 'scheme_case_refused', 'refusal_not_401'] as const),
            ...(['authentication_not_basic', 'authentication_unclear'] as const),
          ),
        },
      ],
      runs: [
        { options: ['--only', 'protection,refusals,scheme_case'] },
        { options: ['--only', 'credentials'], auth: 'netcore:guess' },
        { options: ['--only', 'credentials'], auth: null },
      ],
    },
    {
      name: 'requires no credentials, and takes small bodies only',
      faults: [
        ...importsOf('open'),
        { file, from: authentication, to: code.open, codes: codes('open_to_everybody') },
        { file: limitFile, from: limit, to: code.smallLimit, codes: codes(tooLarge) },
      ],
      runs: [{ options: ['--only', 'protection,batch_size'] }],
    },
    ...more,
  ];
}
