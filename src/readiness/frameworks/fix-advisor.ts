import type { FindingCode } from '../findings.js';
import type { Probe } from '../probe.js';
import { findSnippet, remedyFor, type Snippet } from './find-snippet.js';
import type { FrameworkId } from './framework.js';
import { recognizeFramework } from './recognize-framework.js';

/** Finds fixes in the endpoint's own framework. */
export interface FixAdvisor {
  snippetFor(check: string, code: FindingCode): Promise<Snippet | undefined>;
}

/**
 * When the answers so far reveal no framework, sends one harmless call to a path that should not
 * exist: once, and only when there is something to fix.
 */
export function createFixAdvisor(probe: Probe, named: FrameworkId | undefined): FixAdvisor {
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
