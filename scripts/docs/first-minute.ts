import { recordSession, type Typed } from './record-session.js';
import { type Pane, terminalPicture } from './terminal-picture.js';

/** docs/first-minute.svg: a listener, and commands beside it. */
export async function writeFirstMinute(): Promise<string> {
  const { listener, beside } = await recordSession();
  return terminalPicture({
    title: 'A first minute with netcore-hook',
    description:
      'One terminal listens and shows a call with two events. Another sends it, reads it back out of the history, decodes a paste, and tests an endpoint.',
    panes: [pane('one terminal', [listener]), pane('another', beside)],
  });
}

function pane(name: string, typed: readonly Typed[]): Pane {
  const texts = typed.map(
    ({ line, printed }) => `\u001b[32m$\u001b[39m ${line}\n${shown(printed)}`,
  );
  return { name, text: texts.join('\n\n') };
}

/** Removes trailing empty lines and their colour codes. */
function shown(printed: string): string {
  const lines = printed.split('\n');
  const last = lines.findLastIndex((line) => line.replaceAll(/\u001b\[\d+m/g, '').trim() !== '');
  return lines.slice(0, last + 1).join('\n');
}
