import type { Check } from '../check.js';
import { type Finding, finding, shownBy } from '../findings.js';
import { sampleText } from '../sample-text.js';
import type { SentCall } from '../sent-call.js';

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

export function slowAnswer(what: string, attempt: SentCall): Finding | undefined {
  if (attempt.ms <= slowMs) return undefined;
  const seconds = Math.round(attempt.ms / 100) / 10;
  return shownBy(finding('slow_answer', { what, seconds }), attempt);
}
