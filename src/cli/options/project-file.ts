import { readFileSync, statSync } from 'node:fs';
import { findJsonFault } from '../../payload/json-fault.js';
import { jsonBreakArguments } from '../../payload/json-location.js';
import { decodeText } from '../../payload/text-encoding.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { textFault } from '../input.js';
import { type Entry, readEntry } from './entry.js';
import { type JsonMember, jsonMembers, locationName } from './json-members.js';
import { commandLineOnly, settings } from './settings.js';
import { profileName } from './values.js';

/** A project file, read and checked as a whole. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
  readonly profiles: readonly string[];
  /** All settings, those of every profile included. */
  readonly entries: readonly Entry[];
  /** A profile's setting, else the top-level one. */
  entry(profile: string, key: string): Entry | undefined;
}

type Entries = ReadonlyMap<string, Entry>;

const maxBytes = 1024 ** 2;

/** Throws a problem with the file, line and key of its first mistake. */
export function readProjectFile(path: string): ProjectFile {
  const text = readText(path);
  const root = { path, key: '', text, start: 0, end: text.length, line: 1 };
  const top = readEntries(root, ['$schema', 'profiles']);
  const profiles = new Map<string, Entries>();
  const section = jsonMembers(root).find(({ key }) => key === 'profiles');
  for (const profile of section ? membersOf(section, profilesForm) : []) {
    profiles.set(
      profileName(`A profile in ${path}:${profile.line}`, profile.name),
      readEntries(profile),
    );
  }
  return {
    path,
    text,
    profiles: [...profiles.keys()],
    entries: [top, ...profiles.values()].flatMap((entries) => [...entries.values()]),
    entry: (profile, key) =>
      profiles.get(profile)?.get(key) ??
      // Profiles must not share a store.
      (key === 'store' && profile !== 'default' ? undefined : top.get(key)),
  };
}

function readText(path: string): string {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new Error('it is larger than 1 MB');
    text = decodeText(readFileSync(path));
  } catch (error) {
    throw problem('file_not_read', { path, reason: textFault(error) }, error);
  }
  const broken = (reason: string, offset: number, line?: number, column?: number) => {
    const location = jsonBreakArguments(text, { reason, offset });
    return problem('config_not_json', {
      path,
      reason,
      line: line ?? location.line,
      column: column ?? location.column,
    });
  };
  const fault = findJsonFault(text);
  if (!fault) return text;
  const rest = text.slice(fault.offset);
  const reason = /^(?:\/\/|\/\*|#)/.test(rest)
    ? 'it contains a comment'
    : // The word may be an unquoted password.
      /^[\p{L}_$]/u.test(rest)
      ? 'a word is not quoted'
      : fault.reason;
  throw broken(reason, fault.offset);
}

/** The settings of the file or of a profile, without the keys in `others`. */
function readEntries(section: JsonMember, others: readonly string[] = []): Entries {
  const entries = new Map<string, Entry>();
  for (const member of membersOf(section, settingsForm)) {
    if (others.includes(member.name)) continue;
    const setting = settings.find(({ key }) => key === member.name);
    if (!setting) throw unknownKey(member, others);
    entries.set(member.name, readEntry(member, setting));
  }
  return entries;
}

const settingsForm = { wanted: 'settings', example: '{"port": 4400}' };
const profilesForm = { wanted: 'profiles', example: '{"staging": {"port": 4400}}' };

function membersOf(
  section: JsonMember,
  { wanted, example }: typeof settingsForm,
): (JsonMember & { readonly name: string })[] {
  const location = locationName(section);
  if (section.text.slice(section.start, section.end).trimStart()[0] !== '{') {
    throw problem('config_invalid', {
      name: location,
      reason: `takes an object of ${wanted} by their names`,
      hint: `Write it like ${example}.`,
    });
  }
  return jsonMembers(section);
}

function unknownKey(
  member: JsonMember & { readonly name: string },
  others: readonly string[],
): Error {
  const name = locationName(member);
  const word = member.name
    .replace(/^-+(?:no-)?/, '')
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const reason = Object.hasOwn(commandLineOnly, word) ? commandLineOnly[word] : undefined;
  if (reason !== undefined) {
    const flag = `--${word.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
    return problem('config_not_settable', { name, reason, flag });
  }
  const keys = [...settings.map(({ key }) => key), ...others];
  return problem('config_unknown_key', { name, nearest: nearest(word, keys) });
}
