import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';

/** A value that was given, and what problems call it: an option, or a variable of the environment. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

type VariableName =
  | 'STORE'
  | 'PROFILE'
  | 'TO'
  | 'AUTH'
  | 'LISTEN_AUTH'
  | 'FORWARD_AUTH'
  | 'PANEL'
  | 'TZ'
  | 'QUEUE';
type Variable = `NETCORE_HOOK_${VariableName}`;

/**
 * What was typed for an option, else what the environment says. A variable that is empty is not
 * set; an option that is empty was meant to say something, and is a problem.
 */
export function readSetting(
  option: string,
  typed: string | undefined,
  variable?: Variable,
  env: Host['env'] = {},
): Setting | undefined {
  if (typed === undefined) {
    const value = variable && env[variable];
    return value ? { name: variable, value } : undefined;
  }
  if (typed.trim() !== '') return { name: option, value: typed };
  throw problem('invalid_value', {
    what: option,
    value: typed,
    reason: 'it is empty',
    hint: 'Give it a value, or leave it out.',
  });
}

/** The same for an option that may be repeated; the environment says one value. */
export function readRepeatedSetting(
  option: string,
  typed: readonly string[] | undefined,
  variable: Variable,
  env: Host['env'],
): Setting[] {
  const values = typed ?? [undefined];
  return values.flatMap((value) => readSetting(option, value, variable, env) ?? []);
}
