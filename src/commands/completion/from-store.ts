import type { CommandContext, CommandDefinition } from '../../cli/command.js';
import { parseCommandLine } from '../../cli/program.js';
import { readProjectFile } from '../../cli/settings/project-file.js';
import type { Host } from '../../host.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { shortId } from '../../store/capture-id.js';
import { storedProfiles, storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import { countEvents, dayAndClock } from '../capture-lines.js';
import { readCaptureQuery } from '../capture-query.js';
import type { Suggestion } from './suggestions.js';
import type { TypedLine } from './typed-line.js';

const mostOffered = 50;

/** The newest captures of the store that the line means. A store that cannot be read has none. */
export async function offerCaptures(
  line: TypedLine,
  { host }: CommandContext,
): Promise<Suggestion[]> {
  try {
    const { global } = await contextOf(line, host);
    const history = openHistory(storeFiles(host, global));
    try {
      const offers: Suggestion[] = [{ value: 'last', says: 'the newest' }];
      for (const { id, time, events } of history.captures(everything, 'newest first')) {
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

const everything = readCaptureQuery({}, 0);

/** The profiles of the project file, and those that have a store. */
export async function offerProfiles(
  line: TypedLine,
  { host }: CommandContext,
): Promise<Suggestion[]> {
  const stored = storedProfiles(host).map((value) => ({ value, says: 'has a store' }));
  try {
    const { projectFile } = (await contextOf(line, host)).global;
    if (projectFile === undefined) return stored;
    const named = readProjectFile(projectFile).profiles;
    const others = stored.filter(({ value }) => !named.includes(value));
    return [...named.map((value) => ({ value, says: `of ${projectFile}` })), ...others];
  } catch {
    return stored;
  }
}

/** What the line will mean when it is run: its store, its profile, its project file. */
async function contextOf({ values }: TypedLine, host: Host): Promise<CommandContext> {
  const argv = ['store', 'profile', 'config'].flatMap((name) => {
    const value = values.get(name)?.at(-1);
    // The shell will have put the home folder in its place.
    return value === undefined ? [] : [`--${name}`, value.replace(/^~(?=\/|$)/, host.homeFolder)];
  });
  return new Promise((resolve, reject) => {
    const asked: CommandDefinition = {
      name: 'history',
      summary: '',
      examples: [],
      define: () => {},
      run: async (_, context) => {
        resolve(context);
        return exitCodes.done.code;
      },
    };
    parseCommandLine([...argv, asked.name], [asked], host)
      .then((parsed) => (parsed.kind === 'run' ? parsed.run() : undefined))
      .catch(reject);
  });
}
