import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';

/** A value that was given, and what problems call it: an option, a variable, a key of the project file. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

type VariableName =
  | 'STORE'
  | 'PROFILE'
  | 'CONFIG'
  | 'TO'
  | 'AUTH'
  | 'LISTEN_AUTH'
  | 'FORWARD_AUTH'
  | 'PANEL'
  | 'TZ'
  | 'QUEUE';
export type Variable = `NETCORE_HOOK_${VariableName}`;

/**
 * What stands where nothing is typed: in the environment, else in the project file. Each setting is
 * called by its variable. Throws a problem when the file's value refers to what is not there.
 */
export type Presets = (variable: Variable) => readonly Setting[];

export const noPresets: Presets = () => [];

/** A variable that is empty is not set. */
export function environmentPresets(env: Host['env']): Presets {
  return (variable) => {
    const value = env[variable];
    return value ? [{ name: variable, value }] : [];
  };
}

/** What was typed for an option, else its preset. An option that is empty was meant to say something. */
export function readSetting(
  option: string,
  typed: string | undefined,
  variable?: Variable,
  presets: Presets = noPresets,
): Setting | undefined {
  if (typed === undefined) return variable && presets(variable)[0];
  if (typed.trim() !== '') return { name: option, value: typed };
  throw problem('invalid_value', {
    what: option,
    value: typed,
    reason: 'it is empty',
    hint: 'Give it a value, or leave it out.',
  });
}

/** The same for an option that may be repeated. */
export function readRepeatedSetting(
  option: string,
  typed: readonly string[] | undefined,
  variable: Variable,
  presets: Presets,
): readonly Setting[] {
  if (typed === undefined) return presets(variable);
  return typed.flatMap((value) => readSetting(option, value) ?? []);
}
