import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command.js';
import { settingsOf } from '../../cli/settings/entry.js';
import { type ProjectFile, readProjectFile } from '../../cli/settings/project-file.js';
import type { Host } from '../../host.js';
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

/** Those of the project file, and those that have a store. */
export function offerProfiles(line: TypedLine, context: CommandContext): Suggestion[] {
  const named = projectOf(line, context)?.profiles ?? [];
  const stored = storedProfiles(context.host).filter((name) => !named.includes(name));
  return [
    ...named.map((value) => ({ value, says: 'of the project file' })),
    ...stored.map((value) => ({ value, says: 'has a store' })),
  ];
}

/** What is typed on the line counts, as it will when the line is run. */
function chosenStore(line: TypedLine, context: CommandContext) {
  const { host, global } = context;
  const typed = line.values.get('store')?.at(-1);
  const profile = line.values.get('profile')?.at(-1) ?? global.profile;
  if (typed !== undefined) return { store: fromHome(typed, host), profile };
  const entry = projectOf(line, context)?.entry(profile, 'store');
  const [store] = entry ? settingsOf(entry, host.env) : [];
  return { store: global.store ?? store?.value, profile };
}

/** A file with a mistake in it says nothing here. */
function projectOf(
  { values }: TypedLine,
  { host, global }: CommandContext,
): ProjectFile | undefined {
  const typed = values.get('config')?.at(-1);
  const path = typed === undefined ? global.projectFile : resolve(host.cwd, fromHome(typed, host));
  try {
    return path === undefined ? undefined : readProjectFile(path);
  } catch {
    return undefined;
  }
}

/** The shell has not put in the home folder yet. */
function fromHome(typed: string, host: Host): string {
  return typed.replace(/^~(?=\/|$)/, host.homeFolder);
}
