import { writeCommands } from './commands.js';
import { writeFindings } from './findings.js';
import { writeFirstMinute } from './first-minute.js';
import { writePayload } from './payload.js';
import { writeProblems } from './problems.js';

/** The documents that are written from the lists in the code, by their place in the repository. */
export const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/commands.md': writeCommands,
  'docs/findings.md': writeFindings,
  'docs/first-minute.svg': writeFirstMinute,
  'docs/payload.md': writePayload,
  'docs/problems.md': writeProblems,
};
