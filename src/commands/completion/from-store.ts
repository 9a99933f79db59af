import { shortId } from '../../call/capture-id.js';
import { everyCapture } from '../../call/capture-query.js';
import type { CommandContext, GlobalOptions } from '../../cli/command.js';
import { readProjectFile } from '../../cli/options/project-file.js';
import { readGlobal } from '../../cli/read-input.js';
import type { Host } from '../../host.js';
import { countEvents } from '../../output/capture-lines.js';
import { dayAndClock } from '../../output/local-time.js';
import { storedProfiles, storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import type { PartialLine } from './partial-line.js';
import type { Suggestion } from './suggestions.js';

const maxOffered = 50;

/** The newest captures of the store that the line selects. Empty when the store is unreadable. */
export async function offerCaptures(
  line: PartialLine,
  { host }: CommandContext,
): Promise<Suggestion[]> {
  try {
    const global = await globalOf(line, host, true);
    const history = openHistory(storeFiles(host, global));
    try {
      const offers: Suggestion[] = [{ value: 'last', description: 'the newest' }];
      for (const { id, time, events } of history.captures(everyCapture, 'newest first')) {
        const when = dayAndClock(new Date(time).toISOString(), host.now());
        offers.push({
          value: shortId(id),
          description: `${when}  ${countEvents(events)}`.trimEnd(),
        });
        if (offers.length > maxOffered) break;
      }
      return offers.length > 1 ? offers : [];
    } finally {
      history.close();
    }
  } catch {
    return [];
  }
}

/** The profiles of the project file, and those with a store. */
export async function offerProfiles(
  line: PartialLine,
  { host }: CommandContext,
): Promise<Suggestion[]> {
  let stored: Suggestion[] = [];
  try {
    stored = storedProfiles(host).map((value) => ({ value, description: 'has a store' }));
    const { settingsFiles } = await globalOf(line, host, false);
    const named = settingsFiles.flatMap((path) =>
      readProjectFile(path).profiles.map((value) => ({ value, description: `of ${path}` })),
    );
    const others = stored.filter(({ value }) => !named.some((each) => each.value === value));
    return [...named, ...others];
  } catch {
    return stored;
  }
}

/** The store (if `store`), profile and project file that the line selects. */
async function globalOf(
  { values }: PartialLine,
  host: Host,
  store: boolean,
): Promise<GlobalOptions> {
  const typed = Object.fromEntries(
    ['store', 'profile', 'config'].flatMap((name) => {
      const value = values.get(name)?.at(-1);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const takes = { rows: [], typed: {}, store, silent: true };
  return (await readGlobal(typed, host, takes)).global;
}
