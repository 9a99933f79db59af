import { writeChecks } from './checks.js';
import { writeCommands } from './commands.js';
import { writeConfiguration, writeSchema } from './configuration.js';
import { writeDependencies } from './dependencies.js';
import { writeFindings } from './findings.js';
import { writePayload } from './payload.js';
import { writeProblems } from './problems.js';

/**
 * The documents that are written from the lists in the code, by their place in the repository. The
 * same code gives the same documents, on every machine and day.
 */
export const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  'config.schema.json': writeSchema,
  'docs/checks.md': writeChecks,
  'docs/commands.md': writeCommands,
  'docs/configuration.md': writeConfiguration,
  'docs/dependencies.md': writeDependencies,
  'docs/findings.md': writeFindings,
  'docs/payload.md': writePayload,
  'docs/problems.md': writeProblems,
};
