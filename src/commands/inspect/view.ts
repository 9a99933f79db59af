import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import type { InspectingNotice, WarningNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';

export type InspectNotice = InspectingNotice | WarningNotice;

export async function createInspectView(context: CommandContext): Promise<View<InspectNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stderr, global);
  return (notice) => {
    switch (notice.type) {
      case 'ready':
        return { err: banner(notice, style) };
      case 'warning':
        return { err: `${style.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
}

function banner({ inspector, served, store }: InspectingNotice, style: Style): string {
  const until =
    served === 'here' ? 'Ctrl-C stops.' : 'Served by netcore-hook listen while it runs.';
  return (
    `${style.bold('Inspector')}  ${style.accent(visible(inspector))}\n` +
    `Store      ${visible(store)}\n` +
    `${style.faint(until)}\n`
  );
}
