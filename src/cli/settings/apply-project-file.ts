import type { Command } from 'commander';
import type { Host } from '../../host.js';
import { nearest } from '../../problems/nearest.js';
import { Problem, problem } from '../../problems/problem.js';
import { environmentPresets, type Presets, type Setting } from '../setting.js';
import { type Entry, settingsOf } from './entry.js';
import { placeName } from './json-members.js';
import { type ProjectFile, readProjectFile } from './project-file.js';
import { type SettingDefinition, settings } from './settings.js';

/** What a project file adds to a command line. */
export interface Applied {
  readonly presets: Presets;
  /** What was thrown, with the place in the file instead of an option that nobody typed. */
  readonly blame: (error: unknown) => unknown;
}

/**
 * Puts what a project file says below what was typed and what the environment says. Options that
 * have no variable are set on the command, as if they had been typed; the others are the presets, which
 * a command may pass over. A file that holds nothing for the command is not read.
 */
export function applyProjectFile(
  path: string,
  command: Command,
  profile: Setting | undefined,
  env: Host['env'],
): Applied {
  const environment = environmentPresets(env);
  const own = settings.filter((definition) => isTaken(definition, command.name(), command.args[0]));
  if (own.length === 0) return { presets: environment, blame: (error) => error };
  const file = readProjectFile(path);
  const entryOf = profileEntries(file, profile);
  for (const definition of own) {
    if (definition.variable === undefined) presetOption(command, definition, entryOf, env);
  }
  const presets: Presets = (variable) => {
    const given = environment(variable);
    const definition = own.find((each) => each.variable === variable);
    const entry = given.length > 0 ? undefined : definition && entryOf(definition.key);
    return entry ? settingsOf(entry, env) : given;
  };
  const blame = (error: unknown) => {
    const flag = error instanceof Problem ? /^--[a-z-]+/.exec(error.message)?.[0] : undefined;
    const definition = own.find((each) => each.flag === flag);
    const entry = definition && entryOf(definition.key);
    if (!(error instanceof Problem) || !entry || !isFromFile(command, definition, env))
      return error;
    const message = error.message.replace(definition.flag, () => placeName(entry));
    const { code, hint, exit, cause, excerpt } = error;
    return new Problem(code, message, hint, exit, { cause }, excerpt);
  };
  return { presets, blame };
}

/** Whether neither the command line nor the environment says anything of a setting. */
function isFromFile(
  command: Command,
  { flag, variable }: SettingDefinition,
  env: Host['env'],
): boolean {
  const option = command.options.find(({ long }) => long === flag);
  const isTyped = option && command.getOptionValueSource(option.attributeName()) === 'cli';
  return !isTyped && !(variable && env[variable]);
}

/** Whether a command, or what its first word makes of it, takes a setting. */
function isTaken({ commands }: SettingDefinition, command: string, word = ''): boolean {
  return commands.includes(command) || commands.includes(`${command} ${word}`);
}

type EntryOf = (key: string) => Entry | undefined;

/** What a file says when a profile is chosen; one that it does not have is a slip. */
export function profileEntries(file: ProjectFile, profile: Setting | undefined): EntryOf {
  const name = profile?.value ?? 'default';
  const { profiles, path } = file;
  if (profile && name !== 'default' && profiles.length > 0 && !profiles.includes(name)) {
    const meant = nearest(name, profiles);
    throw problem('invalid_value', {
      what: profile.name,
      value: name,
      reason: `${path} has no such profile`,
      hint: meant ? `Did you mean "${meant}"?` : `Profiles: ${profiles.join(', ')}.`,
    });
  }
  return (key) => file.entry(name, key);
}

/** Sets an option that was not typed. */
function presetOption(
  command: Command,
  { key, flag, kind, needs }: SettingDefinition,
  entryOf: EntryOf,
  env: Host['env'],
): void {
  const option = command.options.find(({ long }) => long === flag);
  const entry = entryOf(key);
  if (!option || !entry) return;
  const attribute = option.attributeName();
  if (command.getOptionValueSource(attribute) === 'cli') return;
  const takes = (name: string) => command.options.some((each) => each.attributeName() === name);
  if (needs && !needs.some((other) => !takes(other) || command.getOptionValue(other))) return;
  const texts = settingsOf(entry, env).map(({ value }) => value);
  const value = kind.form === 'switch' ? entry.value : kind.form === 'list' ? texts : texts[0];
  // An empty list says that there is none, whatever stands outside the profile.
  if (kind.form === 'list' && texts.length === 0) return;
  command.setOptionValueWithSource(attribute, value, 'config');
}
