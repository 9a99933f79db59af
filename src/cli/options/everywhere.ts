import { path, readBy } from './kinds.js';
import type { OptionRow } from './option.js';
import { profileName } from './values.js';

export const store = {
  flags: '--store <folder>',
  kind: path('./captures'),
  says: 'where captures are kept',
  setting: 'The folder that captures are kept in. A profile has one of its own.',
  variable: 'NETCORE_HOOK_STORE',
  key: 'store',
  completed: 'folders',
} as const satisfies OptionRow;

export const profile = {
  flags: '--profile <name>',
  kind: readBy('staging', profileName),
  says: 'which profile, with a store of its own',
  variable: 'NETCORE_HOOK_PROFILE',
  completed: 'profiles',
} as const satisfies OptionRow;

export const config = {
  flags: '--config <file>',
  kind: path('./netcore-hook.config.json'),
  says: 'the project file',
  otherwise: 'netcore-hook.config.json here or above',
  variable: 'NETCORE_HOOK_CONFIG',
  completed: 'files',
} as const satisfies OptionRow;
