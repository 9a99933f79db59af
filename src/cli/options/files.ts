import { shellWord } from '../../output/shell-word.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { type Entry, textsOf } from './entry.js';
import { locationName } from './json-members.js';
import type { Named } from './kinds.js';
import { readProjectFile } from './project-file.js';
import type { SettingsSource } from './read-options.js';
import { untrustedReach } from './untrusted-settings.js';

/** The merged settings files, in order of precedence. */
export interface SettingsFiles extends SettingsSource {
  readonly profiles: readonly string[];
  entryOf(key: string): Entry | undefined;
  /** Why an entry must not be used; undefined for an entry of a trusted file. */
  untrusted(entry: Entry): string | undefined;
  /** The project file that was found, not named: its text, and all that it reaches. */
  readonly found: FoundFile | undefined;
  /** Treats the found file as trusted from now on. */
  trust(): void;
}

export interface FoundFile {
  readonly path: string;
  readonly text: string;
  readonly reaches: readonly string[];
}

/**
 * Reads the existing files. Throws when none of them has the selected profile. `found` is the one
 * that was found in a folder of somebody's project, and is not trusted.
 */
export function readSettingsFiles(
  paths: readonly string[],
  profile: Named | undefined,
  found: string | undefined,
): SettingsFiles {
  const files = paths.map(readProjectFile);
  const profiles = [...new Set(files.flatMap((file) => file.profiles))];
  const name = profile?.value ?? 'default';
  if (profile && name !== 'default' && profiles.length > 0 && !profiles.includes(name)) {
    const suggestion = nearest(name, profiles);
    throw problem('invalid_value', {
      what: profile.name,
      value: name,
      reason: `${files.map(({ path }) => path).join(' and ')} has no such profile`,
      hint: suggestion ? `Did you mean "${suggestion}"?` : `Profiles: ${profiles.join(', ')}.`,
    });
  }
  const entryOf = (key: string) => {
    for (const file of files) {
      const entry = file.entry(name, key);
      if (entry) return entry;
    }
    return undefined;
  };
  const foundFile = files.find(({ path }) => path === found);
  let isTrusted = false;
  const untrusted = (entry: Entry) =>
    isTrusted || entry.path !== found ? undefined : untrustedReach(entry);
  return {
    untrusted,
    found: foundFile && {
      path: foundFile.path,
      text: foundFile.text,
      reaches: foundFile.entries.flatMap((entry) => untrustedReach(entry) ?? []),
    },
    trust() {
      isTrusted = true;
    },
    profiles,
    entryOf,
    lookup(key, env) {
      const entry = entryOf(key);
      if (!entry) return undefined;
      const { value } = entry;
      const name = locationName(entry);
      const texts = () => {
        const reason = untrusted(entry);
        if (reason === undefined) return textsOf(entry, env);
        throw problem('config_untrusted', { name, reason, path: shellWord(entry.path) });
      };
      return {
        name,
        value: typeof value === 'boolean' ? value : texts,
        untrusted: untrusted(entry),
      };
    },
  };
}
