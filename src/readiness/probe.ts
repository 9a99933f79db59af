import { setTimeout as wait } from 'node:timers/promises';
import { type AddressKind, addressKind } from '../call/addresses.js';
import type { AnsweredAttempt, Attempt, Sender } from '../call/attempt.js';
import type { HeaderPairs, OutgoingCall } from '../call/call.js';
import { createConnection } from '../call/connection.js';
import type { SocketOptions } from '../call/open-socket.js';
import { type Credentials, formType, planCall } from '../call/plan-call.js';
import { createSender } from '../call/send.js';
import type { PayloadSource } from '../payload/build/plan-payloads.js';
import { type Connected, connect } from './connect.js';
import { type ExpectedAttempt, sendExpecting } from './expect-continue.js';
import { resolveName } from './resolve-name.js';
import { createTestEvents, type TestEvents } from './test-events.js';

/** The endpoint under test, and how to call it. */
export interface Endpoint {
  /** http or https, without credentials in it. */
  readonly url: URL;
  /** There were credentials in the URL as it was given. */
  readonly credentialsInUrl: boolean;
  readonly credentials: Credentials | undefined;
  /** Sent with every call. */
  readonly headers: HeaderPairs;
  readonly userAgent: string;
  readonly samples: readonly SampleCall[];
  /** A sample of every channel and activity, from which all other events are made. */
  readonly catalogue: readonly PayloadSource[];
  /** Of the events that are made. */
  readonly panel: string;
  /** Milliseconds, for a connection as for a whole call. */
  readonly timeout: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** Milliseconds since 1970: a certificate's days are counted from here, and events are of now. */
  readonly now: () => number;
}

/** The body of a call that holds events. */
export interface SampleCall {
  /** Like `email open`. */
  readonly name: string;
  readonly body: Uint8Array;
}

interface SampleAttempt {
  readonly name: string;
  readonly attempt: Attempt;
}

/** What a call has that others have not. */
interface CallChanges {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  /** The value of the Authorization header; undefined sends none. Default: the right one. */
  readonly authorization?: string | undefined;
}

/** The endpoint answered once, and does no more. */
interface Death {
  /** The call that it happened after, at the beginning of a sentence. */
  readonly what: string;
  /** How it is now, in a sentence. */
  readonly reason: string;
}

/**
 * What checks ask an endpoint. Each call of a name of its own is sent once, however many checks look
 * at its answer. Once the endpoint died, nothing more is sent: every call fails at once.
 */
export interface Probe {
  readonly endpoint: Endpoint;
  readonly events: TestEvents;
  /** Connects as told, and sends nothing. The caller destroys the socket. */
  connect(url: URL, options: SocketOptions): Promise<Connected>;
  /** The addresses of the URL's host. Rejects as `dns.lookup` does. */
  addresses(): Promise<readonly string[]>;
  /** Whether the host is on this machine, on a private network, or on the internet. */
  whereabouts(): Promise<AddressKind>;
  /** A POST without a body, with the credentials. */
  emptyCall(): Promise<Attempt>;
  /** A POST without a body, with other credentials or none, for at most so many milliseconds. Not kept. */
  emptyCallAs(credentials: Credentials | undefined, most?: number): Promise<Attempt>;
  /** The same without credentials, and with a password that nobody has. */
  strangerCalls(): Promise<{ readonly none: Attempt; readonly wrong: Attempt }>;
  /** The samples, one after the other. */
  sampleCalls(): Promise<readonly SampleAttempt[]>;
  /** Any call. `what` names it at the beginning of a sentence. Not kept. */
  call(what: string, changes: CallChanges): Promise<Attempt>;
  /**
   * Two POSTs without a body over one connection, then one over a fresh one. Where the second gets no
   * answer and the third does, no connection is used twice from then on.
   */
  keptConnection(): Promise<readonly Attempt[]>;
  /** A POST with a body that waits for a 100 before it sends it. Not kept. */
  expectingCall(body: Uint8Array): Promise<ExpectedAttempt>;
  death(): Death | undefined;
  /** What the endpoint answered so far: the first answer of each status. */
  answers(): readonly AnsweredAttempt[];
  /** A POST without a body and credentials to a path beside the endpoint's, where nothing should be. */
  strayCall(): Promise<Attempt>;
}

/** Nobody's: whoever lets it in does not look at the password. */
const wrongPassword = 'netcore-hook test-endpoint: a wrong password';

/** `signal` gives up connections under way; closing the sender does so with calls. */
export function createProbe(endpoint: Endpoint, sender: Sender, signal: AbortSignal): Probe {
  const { url, headers, userAgent, timeout, insecure } = endpoint;
  let death: Death | undefined;
  let wasAlive = false;
  let reuses = true;
  let before = 'A call';
  const answers = new Map<number, AnsweredAttempt>();

  const plan = (changes: CallChanges): OutgoingCall => {
    const { method = 'POST', body = nothing } = changes;
    const contentType = changes.contentType ?? (method === 'POST' ? formType : null);
    const usual = { url, userAgent, method, body, contentType };
    if (!('authorization' in changes)) {
      return planCall({ ...usual, headers, credentials: endpoint.credentials });
    }
    const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    const { authorization } = changes;
    const login = authorization === undefined ? [] : ([['Authorization', authorization]] as const);
    return planCall({ ...usual, headers: [...login, ...others] });
  };

  const open = () => {
    const fresh = createSender({ timeout, insecure, connections: 1, wholeAnswers: true });
    const close = () => void fresh.close();
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    return {
      send: (call: OutgoingCall, most?: number) => fresh.send(call, most),
      close: async () => {
        signal.removeEventListener('abort', close);
        await fresh.close();
      },
    };
  };
  const sendAlone = async (call: OutgoingCall, most?: number): Promise<Attempt> => {
    const fresh = open();
    try {
      return await fresh.send(call, most);
    } finally {
      await fresh.close();
    }
  };

  /** A call that was answered before. A server that is just ending, or starting again, has a moment. */
  const askAgain = async (): Promise<Attempt> => {
    for (let left = graceTries; ; left -= 1) {
      const attempt = await sendAlone(plan({}));
      const hangs = attempt.kind === 'failed' && attempt.code === 'timeout';
      if (!isSilent(attempt) || hangs || left === 0 || signal.aborted) return attempt;
      await wait(gracePause, undefined, { signal }).catch(() => {});
    }
  };
  /** Finds out whether an endpoint that gave no answer has died. */
  const notice = async (what: string, attempt: Attempt): Promise<void> => {
    if (wasAlive && isSilent(attempt) && !signal.aborted) {
      const again = await askAgain();
      if (isSilent(again) && !signal.aborted) {
        // One that was sent again was refused the second time: it is what the endpoint died of.
        const refused =
          attempt.kind === 'failed' &&
          attempt.code === 'connection_refused' &&
          !attempt.reconnected;
        const reason = again.kind === 'failed' ? again.reason : `A proxy answers ${again.status}.`;
        death ??= { what: refused ? before : what, reason };
      }
    }
    before = what;
  };
  const send = async (what: string, call: OutgoingCall, most?: number): Promise<Attempt> => {
    if (death) return gone(death);
    const attempt = await (reuses ? sender.send(call, most) : sendAlone(call, most));
    if (attempt.kind === 'answered' && !answers.has(attempt.status)) {
      answers.set(attempt.status, attempt);
    }
    await notice(what, attempt);
    return attempt;
  };

  const emptyCall = once(async () => {
    const attempt = await send('An empty body', plan({}));
    wasAlive = !isSilent(attempt);
    return attempt;
  });
  const addresses = once(() => resolveName(url.hostname, timeout));
  const emptyCallAs: Probe['emptyCallAs'] = (credentials, most) => {
    const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    const call = planCall({ url, headers: others, userAgent, body: nothing, credentials });
    const what = credentials ? 'A call with a wrong password' : 'A call without credentials';
    return send(what, call, most);
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
    strangerCalls: once(async () => ({
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
      // What died later must have been alive.
      await emptyCall();
      return send(what, plan(changes));
    },
    keptConnection: once(async () => {
      // A sender would send the second call again over a fresh connection.
      const kept = createConnection(url, { timeout, insecure, wholeAnswers: true });
      signal.addEventListener('abort', kept.cut);
      const first = await kept.attempt(plan({}));
      const second = kept.usable ? await kept.attempt(plan({})) : await sendAlone(plan({}));
      signal.removeEventListener('abort', kept.cut);
      kept.cut();
      const fresh = await sendAlone(plan({}));
      if (second.kind === 'failed' && fresh.kind === 'answered') reuses = false;
      else await notice('A second call over the same connection', second);
      return [first, second, fresh];
    }),
    expectingCall: async (body) => {
      if (death) return { attempt: gone(death), continued: false, version: '' };
      const expected = await sendExpecting(plan({ body }), { timeout, insecure, signal });
      await notice('A call with Expect: 100-continue', expected.attempt);
      return expected;
    },
    death: () => death,
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

/** Where no server has anything, so that its page for that case is seen. */
const strayPath = '/netcore-hook-finds-nothing-here';

const nothing = new Uint8Array();
const graceTries = 3;
/** Milliseconds. */
const gracePause = 200;

function isSilent(attempt: Attempt): boolean {
  return attempt.kind === 'failed' || [502, 503, 504].includes(attempt.status);
}

function gone({ reason }: Death): Attempt {
  return { kind: 'failed', code: 'failed', reason, ms: 0 };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
