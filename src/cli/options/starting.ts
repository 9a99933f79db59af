import { onOff } from './kinds.js';
import type { OptionGroups } from './option.js';

/** In the order of the help. */
export const starterIds = [
  'node',
  'express',
  'fastify',
  'nest',
  'next',
  'flask',
  'django',
  'fastapi',
  'php',
  'go',
] as const;
export type StarterId = (typeof starterIds)[number];

export const initOptions = {
  'Output:': {
    list: {
      flags: '--list',
      kind: onOff,
      description: 'list the frameworks, and the versions that each receiver was run with',
    },
  },
} as const satisfies OptionGroups;
