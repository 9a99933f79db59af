import type { Attempt, Sender, SenderOptions } from './attempt.js';
import { type Connection, createConnection } from './connection.js';

/**
 * Sends every call of the tool. Runs at most `connections` attempts at a time; the others wait, and
 * their time starts with their turn.
 */
export function createSender(options: SenderOptions): Sender {
  const idle: Connection[] = [];
  const busy = new Set<Connection>();
  const waiting: (() => void)[] = [];
  let taken = 0;
  let closed = false;

  const takeTurn = async (): Promise<void> => {
    if (taken < options.connections) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const passTurn = () => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };

  const keep = (connection: Connection) => {
    if (connection.usable && options.keepAlive !== false) idle.push(connection);
    else connection.cut();
    if (idle.length > options.connections) idle.shift()?.cut();
  };

  return {
    async send(call, maxMs) {
      await takeTurn();
      try {
        if (closed) return stopped;
        let connection = takeIdle(idle, call.url.origin) ?? createConnection(call.url, options);
        let begun: number | undefined;
        for (;;) {
          busy.add(connection);
          const attempt = await connection.attempt(call, maxMs, begun);
          busy.delete(connection);
          keep(connection);
          if (begun !== undefined) return { ...attempt, reconnected: true };
          if (!connection.wentStale || closed) return attempt;
          begun = performance.now() - attempt.ms;
          connection = createConnection(call.url, options);
        }
      } finally {
        passTurn();
      }
    },
    async close() {
      closed = true;
      for (const connection of [...idle.splice(0), ...busy]) connection.cut();
    },
  };
}

const stopped: Attempt = { kind: 'failed', code: 'failed', reason: 'The call was stopped.', ms: 0 };

/** Prefers the most recently used connection, which the server is least likely to have closed. */
function takeIdle(idle: Connection[], origin: string): Connection | undefined {
  for (;;) {
    const at = idle.findLastIndex((connection) => connection.origin === origin);
    const [found] = at === -1 ? [] : idle.splice(at, 1);
    if (!found?.expired) return found;
    found.cut();
  }
}
