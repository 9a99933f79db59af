import { expect } from 'vitest';
import { run } from './run.js';

/** A finding of test-endpoint, with the fix that it shows. */
export interface FoundFinding {
  readonly check: string;
  readonly code: string;
  readonly message: string;
  readonly framework?: string;
  readonly tested?: boolean;
  readonly snippet?: string;
}

interface CheckLine {
  readonly type: string;
  readonly id: string;
  readonly findings?: readonly Omit<FoundFinding, 'check'>[];
}

/** Runs test-endpoint, and returns what it found. `auth` is undefined for a run without credentials. */
export async function findingsOf(
  url: URL,
  options: readonly string[],
  auth: string | undefined,
): Promise<FoundFinding[]> {
  const login = auth === undefined ? [] : ['--auth', auth];
  const words = ['test-endpoint', url.href, ...login, '--json', ...options];
  const { out, err } = await run(words);
  expect(err).toBe('');
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CheckLine)
    .filter(({ type }) => type === 'check')
    .flatMap(({ id, findings = [] }) => findings.map((each) => ({ check: id, ...each })));
}
