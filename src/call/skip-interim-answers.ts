import type { Socket } from 'node:net';

/** The start of each answer on a connection, as read from its socket. */
export interface AnswerStart {
  /** Call before each request: later bytes belong to its answer. */
  expect(): void;
  /** Whether a byte of the answer has arrived, interim answers included. */
  readonly arrived: boolean;
}

/** For one interim answer. undici rejects longer heads. */
const maxInterimBytes = 16 * 1024;
const endOfHead = '\r\n\r\n';

/**
 * Removes interim answers (1xx) from what a socket's `read` returns. undici fails a call for a 100,
 * and for an interim answer with `Connection: close` or HTTP/1.0. Keeps a 101, which answers an
 * upgrade that no call requests.
 */
export function skipInterimAnswers(socket: Socket): AnswerStart {
  const read = socket.read.bind(socket);
  let arrived = false;
  let final = true;
  let held: Buffer | undefined;

  /** Undefined while everything is, or may become, an interim answer. */
  const finalAnswer = (chunk: Buffer): Buffer | undefined => {
    let rest = held ? Buffer.concat([held, chunk]) : chunk;
    held = undefined;
    while (mayBeInterim(rest)) {
      const end = rest.indexOf(endOfHead);
      if (end === -1) {
        if (rest.length > maxInterimBytes) break;
        held = rest;
        return undefined;
      }
      rest = rest.subarray(end + endOfHead.length);
    }
    final = true;
    return rest;
  };
  socket.read = (size) => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null) return null;
      arrived = true;
      const rest = final ? chunk : finalAnswer(chunk);
      if (rest) return rest;
    }
  };
  return {
    expect() {
      arrived = false;
      final = false;
      held = undefined;
    },
    get arrived() {
      return arrived;
    },
  };
}

/** `HTTP/1.1 1xx`, or too few bytes to decide. */
function mayBeInterim(bytes: Buffer): boolean {
  // The first digit of the status decides nearly every answer.
  if (bytes.length > 9 && bytes[9] !== 0x31) return false;
  const start = bytes.toString('latin1', 0, 12).replace('HTTP/1.0', 'HTTP/1.1');
  if (start.length < 10) return 'HTTP/1.1 1'.startsWith(start);
  return start.startsWith('HTTP/1.1 1') && start !== 'HTTP/1.1 101';
}
