import type { CommandContext } from '../../cli/command.js';
import { shortId } from '../../store/capture-id.js';
import { storedProfiles, storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import { countEvents, dayAndClock } from '../capture-lines.js';
import { readCaptureQuery } from '../capture-query.js';
import type { Suggestion } from './suggestions.js';
import type { TypedLine } from './typed-line.js';

const mostOffered = 50;

/** The newest captures of the store that the line means. A store that cannot be read has none. */
export function offerCaptures(line: TypedLine, context: CommandContext): Suggestion[] {
  const { host } = context;
  try {
    const history = openHistory(storeFiles(host, chosenStore(line, context)));
    try {
      const offers: Suggestion[] = [{ value: 'last', says: 'the newest' }];
      for (const { id, time, events } of history.captures(
        readCaptureQuery({}, 0),
        'newest first',
      )) {
        const when = dayAndClock(new Date(time).toISOString(), host.now());
        offers.push({ value: shortId(id), says: `${when}  ${countEvents(events)}`.trimEnd() });
        if (offers.length > mostOffered) break;
      }
      return offers.length > 1 ? offers : [];
    } finally {
      history.close();
    }
  } catch {
    return [];
  }
}

export function offerProfiles({ host }: CommandContext): Suggestion[] {
  return storedProfiles(host).map((value) => ({ value, says: 'has a store' }));
}

/** What is typed on the line counts, as it will when the line is run. */
function chosenStore({ values }: TypedLine, { host, global }: CommandContext) {
  const typed = values.get('store')?.at(-1);
  const profile = values.get('profile')?.at(-1) ?? global.profile;
  if (typed === undefined) return { store: global.store, profile };
  return { store: typed.replace(/^~(?=\/|$)/, host.homeFolder), profile };
}
