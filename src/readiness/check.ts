import type { Finding } from './findings.js';
import type { Probe } from './probe.js';
import type { Suite } from './suites.js';

type CheckGroup = 'reach' | 'protocol' | 'authentication' | 'payload' | 'load' | 'endurance';

/** One requirement for an endpoint. `checks.ts` lists them all. */
export interface Check {
  /** Permanent: `--only`, `--skip` and scripts use it. */
  readonly id: string;
  readonly group: CheckGroup;
  /** The smallest suite that includes it. */
  readonly suite: Suite;
  /** The subject in a few words. */
  readonly title: string;
  /** The calls it sends, in words. */
  readonly sends: string;
  /** It sends nothing that could be taken for an event. */
  readonly harmless: boolean;
  /** The number of calls with events, beyond the selected samples. */
  readonly eventCalls?: number;
  /** When it fails, no other check is meaningful: the run ends with this one cause. */
  readonly decisive?: true;
  /** The check that must pass before this one is meaningful. It precedes this one in the list. */
  readonly needs: string | undefined;
  /** Never rejects because of the endpoint. */
  readonly run: (probe: Probe) => Promise<readonly Finding[]>;
}

/** A check outside all suites, which runs when its own option requests it. */
export type AskedFacts = Omit<Check, 'run' | 'suite'>;
