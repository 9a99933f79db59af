import type { Finding } from './findings.js';
import type { Probe } from './probe.js';
import type { Suite } from './suites.js';

type CheckGroup = 'reach' | 'protocol' | 'authentication' | 'payload' | 'load' | 'endurance';

/** One thing that an endpoint must get right. `checks.ts` is the list of them all. */
export interface Check {
  /** Permanent: `--only`, `--skip` and scripts name it. */
  readonly id: string;
  readonly group: CheckGroup;
  /** The smallest suite that it is part of. */
  readonly suite: Suite;
  /** What is looked at, in a few words. */
  readonly title: string;
  /** What reaches the endpoint, in words. */
  readonly sends: string;
  /** It sends nothing that could be taken for an event. */
  readonly harmless: boolean;
  /** How many calls with events it sends beside the samples that were asked for. */
  readonly eventCalls?: number;
  /** The check without whose success this one has nothing to say. It stands earlier in the list. */
  readonly needs: string | undefined;
  /** Never rejects for what the endpoint does. */
  readonly run: (probe: Probe) => Promise<readonly Finding[]>;
}

/** A check that belongs to no suite: it runs when its own option asks for it. */
export type AskedFacts = Omit<Check, 'run' | 'suite'>;
