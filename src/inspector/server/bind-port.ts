import { problem } from '../../problems/problem.js';
import { errorCode } from '../../problems/translate.js';

const defaultPort = 4401;

export interface RequestedPort {
  readonly port: number;
  /** No other port is acceptable. */
  readonly asked: boolean;
}

export function inspectorPort(asked: number | undefined, fallback = defaultPort): RequestedPort {
  return { port: asked ?? fallback, asked: asked !== undefined };
}

/**
 * Binds an inspector and resolves to its URL. Falls back to a free port and calls `warn` when the
 * default one is taken; throws a problem for a requested one.
 */
export async function bindInspectorPort(
  { port, asked }: RequestedPort,
  listen: (port: number) => Promise<number>,
  warn: (code: string, message: string) => void,
): Promise<string> {
  try {
    return urlOf(await listen(port));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES') throw problem('port_forbidden', { port }, error);
    if (code !== 'EADDRINUSE') throw error;
    const next = port < 65_535 ? port + 1 : port - 1;
    if (asked) throw problem('port_in_use', { port, next, option: '--inspect-port' }, error);
    const url = urlOf(await listen(0));
    warn('inspect_port_taken', `Port ${port} is already in use, so the inspector is on ${url}`);
    return url;
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
