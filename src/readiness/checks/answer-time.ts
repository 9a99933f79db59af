import type { Attempt } from '../../call/attempt.js';
import type { Check } from '../check.js';
import { type Finding, finding } from '../findings.js';
import { sampleText } from '../sample-text.js';

const slowMs = 1000;

export const answerTimeCheck: Check = {
  id: 'answer_time',
  group: 'payload',
  suite: 'basic',
  title: 'Time to answer',
  sends: 'those same calls',
  harmless: false,
  needs: 'sample',
  run: async (probe) => {
    const attempts = await probe.sampleCalls();
    return attempts.flatMap(({ name, attempt }) => slowAnswer(sampleText(name), attempt) ?? []);
  },
};

export function slowAnswer(what: string, attempt: Attempt): Finding | undefined {
  if (attempt.ms <= slowMs) return undefined;
  return finding('slow_answer', { what, seconds: Math.round(attempt.ms / 100) / 10 });
}
