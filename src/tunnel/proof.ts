import type { Sender } from '../call/attempt.js';
import type { Host } from '../host.js';

/**
 * Proves that a public address leads to this listener: sends requests with a secret path to the
 * address, without credentials, and waits for them to arrive here. So no password reaches a foreign
 * server, and no error page counts as an answer.
 */
export class Proof {
  readonly #path: string;
  #asked = 0;
  #seen = 0;

  constructor({ randomBytes }: Pick<Host, 'randomBytes'>) {
    this.#path = `/_netcore-hook/tunnel/${Buffer.from(randomBytes(16)).toString('hex')}/`;
  }

  /** Whether a rejected call is a probe, which is not reported. */
  sees(target: string | undefined): boolean {
    if (target?.startsWith(this.#path) !== true) return false;
    this.#seen = Number(target.slice(this.#path.length));
    return true;
  }

  /** Why the address does not lead here, as a sentence; undefined when it does. */
  async ask(origin: URL, sender: Sender): Promise<ProbeFailure | undefined> {
    this.#asked += 1;
    const asked = this.#asked;
    const url = new URL(`${this.#path}${asked}`, origin);
    const attempt = await sender.send({
      url,
      method: 'GET',
      headers: [
        ['Host', url.host],
        ['User-Agent', 'netcore-hook'],
      ],
      body: new Uint8Array(),
    });
    if (attempt.kind === 'failed') {
      return { reason: attempt.reason, isPermanent: attempt.code === 'tls_failed' };
    }
    if (this.#seen === asked) return undefined;
    return {
      reason: `The probe received ${attempt.status}, but not from this listener.`,
      isPermanent: false,
    };
  }
}

export interface ProbeFailure {
  readonly reason: string;
  /** TLS fails: waiting does not help. */
  readonly isPermanent: boolean;
}
