import { setTimeout as wait } from 'node:timers/promises';
import { type AddressKind, addressKind } from '../call/addresses.js';
import type { AnsweredAttempt, Attempt, FailedAttempt, Sender } from '../call/attempt.js';
import type { HeaderPairs, OutgoingCall } from '../call/call.js';
import { createConnection } from '../call/connection.js';
import type { SocketOptions } from '../call/open-socket.js';
import { type Credentials, formType, planCall } from '../call/plan-call.js';
import { createSender } from '../call/send.js';
import type { PayloadSource } from '../payload/build/plan-payloads.js';
import { type Connected, connect } from './connect.js';
import { type ExpectedAttempt, sendExpecting } from './expect-continue.js';
import type { FindingCode } from './findings.js';
import { isSilent } from './judge-answer.js';
import { resolveName } from './resolve-name.js';
import type { SentCall } from './sent-call.js';
import { createTestEvents, type TestEvents } from './test-events.js';

/** The endpoint under test, and how to call it. */
export interface Endpoint {
  /** http or https, without credentials. */
  readonly url: URL;
  /** The given URL contained credentials. */
  readonly credentialsInUrl: boolean;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  readonly userAgent: string;
  readonly samples: readonly SampleCall[];
  /** A sample of every channel and activity, from which all other events are built. */
  readonly catalogue: readonly PayloadSource[];
  /** The panel of built events. */
  readonly panel: string;
  /** Milliseconds, for a connection as for a whole call. */
  readonly timeout: number;
  readonly insecure: boolean;
  /** Milliseconds since 1970: the reference for certificate dates and event times. */
  readonly now: () => number;
}

/** The body of a call with events. */
export interface SampleCall {
  /** Like `email open`. */
  readonly name: string;
  readonly body: Uint8Array;
}

interface SampleAttempt {
  readonly name: string;
  readonly attempt: SentCall;
}

/** Differences from a standard call. */
interface CallChanges {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  /** The Authorization header; undefined sends none. Default: the valid credentials. */
  readonly authorization?: string | undefined;
}

/** The endpoint stopped responding after it had answered. */
interface Death {
  /** The last call before. */
  readonly last: SentCall;
  /** Its current state, as a sentence. */
  readonly reason: string;
}

/**
 * The calls that checks send. Each named call is sent once, and its answer is shared between
 * checks. Once the endpoint has died, every call fails at once without being sent.
 */
export interface Probe {
  readonly endpoint: Endpoint;
  readonly events: TestEvents;
  /** Connects without sending anything. The caller destroys the socket. */
  connect(url: URL, options: SocketOptions): Promise<Connected>;
  /** The addresses of the URL's host. Rejects as `dns.lookup` does. */
  addresses(): Promise<readonly string[]>;
  /** Whether the host is on this machine, in a private network or on the internet. */
  whereabouts(): Promise<AddressKind>;
  /** A POST without a body, with the credentials. */
  emptyCall(): Promise<SentCall>;
  /**
   * A POST without a body, with other credentials or none, for at most this many milliseconds. Not
   * cached.
   */
  emptyCallAs(credentials: Credentials | undefined, maxMs?: number): Promise<SentCall>;
  /** POSTs without credentials, and with a wrong password. */
  unauthenticatedCalls(): Promise<{ readonly none: SentCall; readonly wrong: SentCall }>;
  /** The samples, one after the other. */
  sampleCalls(): Promise<readonly SampleAttempt[]>;
  /** Any call. `what` names it at the beginning of a sentence. Not cached. */
  call(what: string, changes: CallChanges): Promise<SentCall>;
  /**
   * Two POSTs without a body over one connection, then one over a new one. When only the second
   * gets no answer, later calls do not reuse connections.
   */
  keptConnection(): Promise<readonly SentCall[]>;
  /** A POST with a body that waits for a 100 before it sends it. Not cached. */
  expectingCall(body: Uint8Array): Promise<ExpectedCall>;
  death(): Death | undefined;
  /** The first answer of each status so far. */
  answers(): readonly AnsweredAttempt[];
  /** Faults of every answer with events, which only the check that finds them first reports. */
  readonly general: Set<FindingCode>;
  /** Remarks on the current check what the endpoint should have stored. */
  note(text: string): void;
  /** The remark since the last call of this. */
  takeNote(): string | undefined;
  /** A POST without body and credentials to a path beside the endpoint's that should not exist. */
  strayCall(): Promise<Attempt>;
}

type ExpectedCall = Omit<ExpectedAttempt, 'attempt'> & { readonly attempt: SentCall };

/** An endpoint that accepts this does not check the password. */
const wrongPassword = 'netcore-hook test-endpoint: a wrong password';

/** `signal` aborts connections in progress; closing the sender aborts calls. */
export function createProbe(endpoint: Endpoint, sender: Sender, signal: AbortSignal): Probe {
  const { url, headers, userAgent, timeout, insecure } = endpoint;
  let death: Death | undefined;
  let wasAlive = false;
  let reuses = true;
  let before: SentCall | undefined;
  let noted: string | undefined;
  const answers = new Map<number, AnsweredAttempt>();

  const plan = (changes: CallChanges): OutgoingCall => {
    const { method = 'POST', body = nothing } = changes;
    const contentType = changes.contentType ?? (method === 'POST' ? formType : null);
    const common = { url, userAgent, method, body, contentType };
    if (!('authorization' in changes)) {
      return planCall({ ...common, headers, credentials: endpoint.credentials });
    }
    const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    const { authorization } = changes;
    const login = authorization === undefined ? [] : ([['Authorization', authorization]] as const);
    return planCall({ ...common, headers: [...login, ...others] });
  };

  const open = () => {
    const fresh = createSender({ timeout, insecure, connections: 1, wholeAnswers: true });
    const close = () => void fresh.close();
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    return {
      send: (call: OutgoingCall, maxMs?: number) => fresh.send(call, maxMs),
      close: async () => {
        signal.removeEventListener('abort', close);
        await fresh.close();
      },
    };
  };
  const sendAlone = async (call: OutgoingCall, maxMs?: number): Promise<Attempt> => {
    const fresh = open();
    try {
      return await fresh.send(call, maxMs);
    } finally {
      await fresh.close();
    }
  };

  /** Repeats a call, with a grace period for a server that is stopping or restarting. */
  const retryCall = async (): Promise<Attempt> => {
    for (let left = graceTries; ; left -= 1) {
      const attempt = await sendAlone(plan({}));
      const hangs = attempt.kind === 'failed' && attempt.code === 'timeout';
      if (!isSilent(attempt) || hangs || left === 0 || signal.aborted) return attempt;
      await wait(gracePauseMs, undefined, { signal }).catch(() => {});
    }
  };
  /** Finds out whether an endpoint that gave no answer has died. */
  const notice = async (attempt: SentCall): Promise<void> => {
    if (wasAlive && isSilent(attempt) && !signal.aborted) {
      const again = await retryCall();
      if (isSilent(again) && !signal.aborted) {
        // A call that was sent twice and then refused is the one that stopped the endpoint.
        const refused =
          attempt.kind === 'failed' &&
          attempt.code === 'connection_refused' &&
          !attempt.reconnected;
        const reason = again.kind === 'failed' ? again.reason : `A proxy answers ${again.status}.`;
        death ??= { last: refused && before ? before : attempt, reason };
      }
    }
    before = attempt;
  };
  const send = async (what: string, call: OutgoingCall, maxMs?: number): Promise<SentCall> => {
    if (death) return { ...deathAttempt(death), what, call };
    const outcome = await (reuses ? sender.send(call, maxMs) : sendAlone(call, maxMs));
    const attempt: SentCall = { ...outcome, what, call };
    if (attempt.kind === 'answered' && !answers.has(attempt.status)) {
      answers.set(attempt.status, attempt);
    }
    await notice(attempt);
    return attempt;
  };

  const emptyCall = once(async () => {
    const attempt = await send('An empty body', plan({}));
    wasAlive = !isSilent(attempt);
    return attempt;
  });
  const addresses = once(() => resolveName(url.hostname, timeout));
  const emptyCallAs: Probe['emptyCallAs'] = (credentials, maxMs) => {
    const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    const call = planCall({ url, headers: others, userAgent, body: nothing, credentials });
    const what = credentials ? 'A call with a wrong password' : 'A call without credentials';
    return send(what, call, maxMs);
  };
  return {
    endpoint,
    events: createTestEvents(endpoint),
    connect: (to, options) => connect(to, options, { timeout, signal }),
    addresses,
    whereabouts: async () => {
      const kinds = (await addresses()).map(addressKind);
      return kinds.find((kind) => kind === 'private') ?? kinds[0] ?? 'public';
    },
    emptyCall,
    emptyCallAs,
    unauthenticatedCalls: once(async () => ({
      none: await emptyCallAs(undefined),
      wrong: await emptyCallAs({
        user: endpoint.credentials?.user ?? 'netcore',
        password: wrongPassword,
      }),
    })),
    sampleCalls: once(async () => {
      const attempts: SampleAttempt[] = [];
      for (const { name, body } of endpoint.samples) {
        attempts.push({ name, attempt: await send(`The sample "${name}"`, plan({ body })) });
      }
      return attempts;
    }),
    call: async (what, changes) => {
      // Establishes that the endpoint is alive, so that a later death is noticed.
      await emptyCall();
      return send(what, plan(changes));
    },
    keptConnection: once(async () => {
      // A sender would retry the second call over a new connection.
      const kept = createConnection(url, { timeout, insecure, wholeAnswers: true });
      signal.addEventListener('abort', kept.cut);
      const call = plan({});
      const named = (what: string, attempt: Attempt): SentCall => ({ ...attempt, what, call });
      const first = named('A call', await kept.attempt(call));
      const second = named(
        'A second call over the same connection',
        await (kept.usable ? kept.attempt(call) : sendAlone(call)),
      );
      signal.removeEventListener('abort', kept.cut);
      kept.cut();
      const fresh = named('A call over a fresh connection', await sendAlone(call));
      if (second.kind === 'failed' && fresh.kind === 'answered') reuses = false;
      else await notice(second);
      return [first, second, fresh];
    }),
    expectingCall: async (body) => {
      const planned = plan({ body });
      const what = 'A call with Expect: 100-continue';
      const call = {
        ...planned,
        headers: [...planned.headers, ['Expect', '100-continue'] as const],
      };
      if (death) {
        return { attempt: { ...deathAttempt(death), what, call }, continued: false, version: '' };
      }
      const expected = await sendExpecting(planned, { timeout, insecure, signal });
      const attempt = { ...expected.attempt, what, call };
      await notice(attempt);
      return { ...expected, attempt };
    },
    general: new Set(),
    death: () => death,
    note(text) {
      noted = text;
    },
    takeNote() {
      const taken = noted;
      noted = undefined;
      return taken;
    },
    answers: () => [...answers.values()],
    strayCall: once(() => {
      const stray = planCall({
        url: new URL(strayPath, url),
        userAgent,
        body: nothing,
        headers: [],
      });
      return sendAlone(stray);
    }),
  };
}

/** A path that should not exist, to see the server's error page. */
const strayPath = '/netcore-hook-finds-nothing-here';

const nothing = new Uint8Array();
const graceTries = 3;
const gracePauseMs = 200;

function deathAttempt({ reason }: Death): FailedAttempt {
  return { kind: 'failed', code: 'failed', reason, ms: 0 };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
