import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { type Entry, textsOf } from './entry.js';
import { locationName } from './json-members.js';
import type { Named } from './kinds.js';
import { readProjectFile } from './project-file.js';
import type { SettingsSource } from './read-options.js';

/** The merged settings files, in order of precedence. */
export interface SettingsFiles extends SettingsSource {
  readonly profiles: readonly string[];
  entryOf(key: string): Entry | undefined;
}

/** Reads the existing files. Throws when none of them has the selected profile. */
export function readSettingsFiles(
  paths: readonly string[],
  profile: Named | undefined,
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
  return {
    profiles,
    entryOf,
    lookup(key, env) {
      const entry = entryOf(key);
      if (!entry) return undefined;
      const { value } = entry;
      const texts = () => textsOf(entry, env);
      return { name: locationName(entry), value: typeof value === 'boolean' ? value : texts };
    },
  };
}
