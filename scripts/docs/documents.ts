import { writeAlertReference } from './alerts.js';
import { writeChecks } from './checks.js';
import { writeCommands } from './commands.js';
import { writeConfiguration, writeSchema } from './configuration.js';
import { writeDependencies } from './dependencies.js';
import { writeFindings } from './findings.js';
import { writeJourneySchema } from './journeys.js';
import { writeMetrics } from './metrics.js';
import { writePayload } from './payload.js';
import { writeProblems } from './problems.js';
import { writeReconciling } from './reconciling.js';

/**
 * The generated documents, by path in the repository. Reproducible: equal code gives equal
 * documents on every machine.
 */
export const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  'config.schema.json': writeSchema,
  'docs/alert-reference.md': writeAlertReference,
  'docs/checks.md': writeChecks,
  'docs/commands.md': writeCommands,
  'docs/configuration.md': writeConfiguration,
  'docs/dependencies.md': writeDependencies,
  'docs/findings.md': writeFindings,
  'docs/metrics.md': writeMetrics,
  'docs/payload.md': writePayload,
  'docs/problems.md': writeProblems,
  'docs/reconciling.md': writeReconciling,
  'journey.schema.json': writeJourneySchema,
};
