import { request } from 'node:http';
import type { Attempt } from '../call/attempt.js';
import type { HeaderPairs, OutgoingCall } from '../call/call.js';
import { timeoutFailure, wireFailure } from '../call/wire-failure.js';
import { connect } from './connect.js';

export interface ExpectedAttempt {
  readonly attempt: Attempt;
  /** A 100 arrived before the body was sent. */
  readonly continued: boolean;
  /** The HTTP version, like `1.1`; empty without an answer. */
  readonly version: string;
}

interface ExpectOptions {
  /** Milliseconds for the whole attempt. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

/** curl waits this long for a 100 before it sends the body anyway. */
const continueWaitMs = 1000;
const keptAnswerBytes = 1024;

/**
 * Sends a call with `Expect: 100-continue`, which undici does not support: sends the body after a
 * 100, or after a second. Never rejects.
 */
export async function sendExpecting(
  call: OutgoingCall,
  { timeout, insecure, signal }: ExpectOptions,
): Promise<ExpectedAttempt> {
  const begun = performance.now();
  const connected = await connect(call.url, { insecure }, { timeout, signal });
  if (connected.kind === 'failed') {
    const { code, reason } = connected.failure;
    const attempt = { kind: 'failed', code, reason, ms: performance.now() - begun } as const;
    return { attempt, continued: false, version: '' };
  }
  const { socket } = connected;
  return new Promise((resolve) => {
    let continued = false;
    let version = '';
    const end = (attempt: Attempt) => {
      clearTimeout(timer);
      clearTimeout(continueTimer);
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve({ attempt, continued, version });
    };
    const ms = () => performance.now() - begun;
    const giveUp = () => {
      const { code, reason } = timeoutFailure(timeout, 'waiting');
      end({ kind: 'failed', code, reason, ms: ms() });
    };
    const timer = setTimeout(giveUp, timeout);
    signal.addEventListener('abort', giveUp);

    const outgoing = request({
      createConnection: () => socket,
      method: call.method,
      path: `${call.url.pathname}${call.url.search}`,
      setHost: false,
    });
    outgoing.setHeader('Host', call.url.host);
    for (const [name, value] of call.headers) outgoing.appendHeader(name, value);
    outgoing.setHeader('Content-Length', call.body.length);
    outgoing.setHeader('Expect', '100-continue');
    const continueTimer = setTimeout(() => outgoing.end(call.body), continueWaitMs);
    outgoing.on('continue', () => {
      continued = true;
      clearTimeout(continueTimer);
      // Some servers send it twice, or only after the wait.
      if (!outgoing.writableEnded) outgoing.end(call.body);
    });
    outgoing.on('error', (error) => {
      const { code, reason } = wireFailure(error, call.url, 'waiting');
      end({ kind: 'failed', code, reason, ms: ms() });
    });
    outgoing.on('response', (response) => {
      version = response.httpVersion;
      let bytes = 0;
      const kept: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        if (bytes < keptAnswerBytes) kept.push(chunk.subarray(0, keptAnswerBytes - bytes));
        bytes += chunk.length;
      });
      response.on('error', (error) => {
        const { code, reason } = wireFailure(error, call.url, 'reading');
        end({ kind: 'failed', code, reason, ms: ms() });
      });
      response.on('end', () =>
        end({
          kind: 'answered',
          status: response.statusCode ?? 0,
          headers: pairsOf(response.rawHeaders),
          body: Buffer.concat(kept),
          bytes,
          ms: ms(),
        }),
      );
    });
    outgoing.flushHeaders();
  });
}

function pairsOf(raw: readonly string[]): HeaderPairs {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
}
