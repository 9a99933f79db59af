import type { Sender } from '../call/attempt.js';
import type { Host } from '../host.js';

/**
 * Proves that a public address leads to this very listener: calls with a secret path go out to the
 * address, without credentials, and are waited for at the listener's own gate. So no password is
 * shown to whoever else may answer there, and no error page is taken for an answer.
 */
export class Proof {
  readonly #path: string;
  #asked = 0;
  #seen = 0;

  constructor({ randomBytes }: Pick<Host, 'randomBytes'>) {
    this.#path = `/_netcore-hook/tunnel/${Buffer.from(randomBytes(16)).toString('hex')}/`;
  }

  /** Whether a refused call is one of these; it is nobody's business then. */
  sees(target: string | undefined): boolean {
    if (target?.startsWith(this.#path) !== true) return false;
    this.#seen = Number(target.slice(this.#path.length));
    return true;
  }

  /** Why the address does not lead here, in a sentence; undefined: it does. */
  async ask(origin: URL, sender: Sender): Promise<Doubt | undefined> {
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
      return { reason: attempt.reason, lasting: attempt.code === 'tls_failed' };
    }
    if (this.#seen === asked) return undefined;
    return {
      reason: `The probe received ${attempt.status}, but not from this listener.`,
      lasting: false,
    };
  }
}

export interface Doubt {
  readonly reason: string;
  /** It is TLS that fails: waiting does not help. */
  readonly lasting: boolean;
}
