import type { FindingCode } from '../findings.js';
import type { Probe } from '../probe.js';
import { findSnippet, remedyFor, type Snippet } from './find-snippet.js';
import type { FrameworkId } from './framework.js';
import { recognizeFramework } from './recognize-framework.js';

/** Tells how findings are mended in the endpoint's own framework. */
export interface Mender {
  snippetFor(check: string, code: FindingCode): Promise<Snippet | undefined>;
}

/**
 * Where the answers so far give no framework away, one harmless call to a path where nothing should
 * be may do so: it is sent once, and only when there is something to mend.
 */
export function createMender(probe: Probe, named: FrameworkId | undefined): Mender {
  return {
    snippetFor: async (check, code) => {
      const remedy = remedyFor(check, code);
      if (remedy === undefined) return undefined;
      const answers = probe.answers();
      if (named || answers.length === 0 || probe.death() || recognizeFramework(answers)) {
        return findSnippet(remedy, answers, named);
      }
      const stray = await probe.strayCall();
      const all = stray.kind === 'answered' ? [...answers, stray] : answers;
      return findSnippet(remedy, all);
    },
  };
}
