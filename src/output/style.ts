import type { Host, OutputStream } from '../host.js';

/** Colours by meaning. Without colour, each returns its text unchanged. */
export interface Style {
  readonly bold: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly accent: Paint;
}
type Paint = (text: string) => string;

const plain: Paint = (text) => text;
export const noStyle: Style = {
  bold: plain,
  faint: plain,
  good: plain,
  bad: plain,
  warn: plain,
  accent: plain,
};

/**
 * The style for a stream: colour on a terminal, unless `--no-color`, NO_COLOR or TERM=dumb is set;
 * FORCE_COLOR enables it elsewhere. Loads chalk only for colour.
 */
export async function styleFor(
  host: Host,
  stream: OutputStream,
  options: { readonly color: boolean },
): Promise<Style> {
  if (!wantsColour(host, stream, options.color)) return noStyle;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  return {
    bold: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    accent: chalk.cyan,
  };
}

function wantsColour(host: Host, stream: OutputStream, allowed: boolean): boolean {
  if (!allowed || host.env.NO_COLOR) return false;
  if (host.env.FORCE_COLOR) return host.env.FORCE_COLOR !== '0';
  return stream.isTTY === true && host.env.TERM !== 'dumb';
}
