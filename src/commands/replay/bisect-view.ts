import { shortId } from '../../call/capture-id.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import type { AttemptNotice, BisectedNotice } from '../../output/notice.js';
import { createProgress } from '../../output/progress.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';

export interface BisectView {
  readonly show: View<AttemptNotice | BisectedNotice>;
  /** Removes the progress. */
  readonly end: () => void;
}

/** Shows progress during the search, then the result; only JSON output lists the tries. */
export async function createBisectView(
  events: number,
  context: CommandContext,
): Promise<BisectView> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  const progress = global.json || global.quiet ? undefined : await createProgress(context);
  let tries = 0;
  let smallest = events;
  const show: BisectView['show'] = (notice) => {
    if (notice.type === 'bisected') {
      progress?.end();
      return { out: bisectedText(notice, { events, tries }, style) };
    }
    tries += 1;
    if (notice.status !== 200) smallest = Math.min(smallest, notice.sent?.events ?? smallest);
    progress?.update(`${tries} tries, fails with ${smallest} of ${events} events`);
    return undefined;
  };
  return { show, end: () => progress?.end() };
}

function bisectedText(
  { capture, fails, events, othersPass, file }: BisectedNotice,
  total: { readonly events: number; readonly tries: number },
  style: Style,
): string {
  if (!fails || file === null) {
    return `${style.good('200')}  ${shortId(capture)} receives 200 as a whole: there is nothing to bisect.\n`;
  }
  const lines = events.map(({ number, channel, event, who, msgid }) =>
    [
      style.faint(`${shortId(capture)}.${number}`),
      style.accent(visible(channel || '-')),
      style.bold(visible(event ?? '-')),
      visible(who ?? ''),
      msgid === null ? '' : style.faint(`msgid ${visible(msgid)}`),
    ]
      .filter(Boolean)
      .join('  '),
  );
  const count = `${events.length} of ${total.events} events`;
  const others = othersPass
    ? events.length < total.events
      ? 'The other events pass.\n'
      : ''
    : 'Other events fail as well. Fix these first, then bisect again.\n';
  return (
    `${style.bad('Fails')} with ${count}, found in ${total.tries} tries:\n${lines.join('\n')}\n${others}` +
    `Saved in ${visible(file)}\n`
  );
}
