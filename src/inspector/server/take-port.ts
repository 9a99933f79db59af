import { problem } from '../../problems/problem.js';
import { errorCode } from '../../problems/translate.js';

/** Where the inspector is when nothing else is said. */
const usualPort = 4401;

/** Which port the inspector is to have. */
export interface PortWish {
  readonly port: number;
  /** Another one will not do. */
  readonly asked: boolean;
}

/** The port that was asked for, else the `usual` one. */
export function inspectorPort(asked: number | undefined, usual = usualPort): PortWish {
  return { port: asked ?? usual, asked: asked !== undefined };
}

/**
 * Lets an inspector listen, and resolves to its URL. When the usual port is taken it gets a free one,
 * and `warn` says so; one that was asked for is a problem then.
 */
export async function takeInspectorPort(
  { port, asked }: PortWish,
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
