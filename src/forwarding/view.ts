import type { CommandContext } from '../cli/command.js';
import type { View } from '../cli/reporter.js';
import { rateLine } from '../output/rate-line.js';
import { visible } from '../output/safe.js';
import { styleFor } from '../output/style.js';
import { attemptLine, attemptLogLine, breakerLine } from './lines.js';
import type { WorkNotice } from './notices.js';

/** A line for each try; off a terminal one that names no person. */
export async function createWorkView({ host, global }: CommandContext): Promise<View<WorkNotice>> {
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const terminal = host.stdout.isTTY === true;
  return (notice) => {
    switch (notice.type) {
      case 'working':
        return {
          err:
            `${err.bold('Working')}    ${visible(notice.queue)}\n` +
            `Forwards   to ${err.accent(visible(notice.to))}\n` +
            `${err.faint('Ctrl-C stops.')}\n\n`,
        };
      case 'attempt':
        return { out: terminal ? attemptLine(notice, out) : attemptLogLine(notice) };
      case 'breaker':
        return { err: breakerLine(notice, terminal ? err : undefined) };
      case 'rate':
        return { out: rateLine(notice, terminal ? out : undefined) };
      case 'warning':
        return { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}
