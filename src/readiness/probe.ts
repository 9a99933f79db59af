import { type AddressKind, addressKind } from '../call/addresses.js';
import type { Attempt, Sender } from '../call/attempt.js';
import type { HeaderPairs } from '../call/call.js';
import type { SocketOptions } from '../call/open-socket.js';
import { type Credentials, planCall } from '../call/plan-call.js';
import { type Connected, connect } from './connect.js';
import { resolveName } from './resolve-name.js';

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
  /** Milliseconds, for a connection as for a whole call. */
  readonly timeout: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** Milliseconds since 1970: a certificate's days are counted from here. */
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

/** What checks ask an endpoint. Each call is sent once, however many checks look at its answer. */
export interface Probe {
  readonly endpoint: Endpoint;
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
  /** The samples, one after the other. */
  sampleCalls(): Promise<readonly SampleAttempt[]>;
}

/** `signal` gives up connections under way; closing the sender does so with calls. */
export function createProbe(endpoint: Endpoint, sender: Sender, signal: AbortSignal): Probe {
  const { url, headers, userAgent } = endpoint;
  const send = (body: Uint8Array, credentials: Credentials | undefined) =>
    sender.send(planCall({ url, headers, userAgent, body, credentials }));
  const addresses = once(() => resolveName(url.hostname, endpoint.timeout));
  return {
    endpoint,
    connect: (to, options) => connect(to, options, { timeout: endpoint.timeout, signal }),
    addresses,
    whereabouts: async () => {
      const kinds = (await addresses()).map(addressKind);
      return kinds.find((kind) => kind === 'private') ?? kinds[0] ?? 'public';
    },
    emptyCall: once(() => send(nothing, endpoint.credentials)),
    emptyCallAs: (credentials, most) => {
      const others = headers.filter(([name]) => name.toLowerCase() !== 'authorization');
      const call = planCall({ url, headers: others, userAgent, body: nothing, credentials });
      return sender.send(call, most);
    },
    sampleCalls: once(async () => {
      const attempts: SampleAttempt[] = [];
      for (const { name, body } of endpoint.samples) {
        attempts.push({ name, attempt: await send(body, endpoint.credentials) });
      }
      return attempts;
    }),
  };
}

const nothing = new Uint8Array();

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
