import type { Attempt, Sender, SenderOptions } from './attempt.js';
import type { OutgoingCall } from './call.js';
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

  const sendNow = async (call: OutgoingCall, maxMs: number | undefined): Promise<Attempt> => {
    try {
      if (closed) return stopped;
      let connection = takeIdle(idle, call.url) ?? createConnection(call.url, options);
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
  };

  return {
    send(call, maxMs) {
      if (taken < options.connections) {
        taken += 1;
        return sendNow(call, maxMs);
      }
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      return turn.then(() => sendNow(call, maxMs));
    },
    async close() {
      closed = true;
      for (const connection of [...idle.splice(0), ...busy]) connection.cut();
    },
  };
}

const stopped: Attempt = { kind: 'failed', code: 'failed', reason: 'The call was stopped.', ms: 0 };

/** Prefers the most recently used connection, which the server is least likely to have closed. */
function takeIdle(idle: Connection[], url: URL): Connection | undefined {
  for (;;) {
    const at = idle.findLastIndex((connection) => connection.leadsTo(url));
    const [found] = at === -1 ? [] : idle.splice(at, 1);
    if (!found?.expired) return found;
    found.cut();
  }
}
