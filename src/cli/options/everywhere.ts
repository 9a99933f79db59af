import { path, readBy } from './kinds.js';
import type { OptionRow } from './option.js';
import { profileName } from './values.js';

export const store = {
  flags: '--store <folder>',
  kind: path('./captures'),
  description: 'store captures in this folder',
  variable: 'NETCORE_HOOK_STORE',
  key: 'store',
  completion: 'folders',
} as const satisfies OptionRow;

export const profile = {
  flags: '--profile <name>',
  kind: readBy('staging', profileName),
  description: 'use this profile, which has its own store',
  variable: 'NETCORE_HOOK_PROFILE',
  completion: 'profiles',
} as const satisfies OptionRow;

export const config = {
  flags: '--config <file>',
  kind: path('./netcore-hook.config.json'),
  description: 'use this project file',
  defaultNote: 'netcore-hook.config.json here or above',
  variable: 'NETCORE_HOOK_CONFIG',
  completion: 'files',
} as const satisfies OptionRow;
