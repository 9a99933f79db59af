import type { Check } from '../check.js';
import { finding } from '../findings.js';
import { sampleWords } from '../sample-words.js';

/** Milliseconds. */
const slow = 1000;

export const answerTimeCheck: Check = {
  id: 'answer_time',
  group: 'payload',
  title: 'Time to answer',
  sends: 'those same calls',
  harmless: false,
  needs: 'sample',
  run: async (probe) => {
    const attempts = await probe.sampleCalls();
    return attempts
      .filter(({ attempt }) => attempt.ms > slow)
      .map(({ name, attempt }) => {
        const seconds = Math.round(attempt.ms / 100) / 10;
        return finding('slow_answer', { what: sampleWords(name), seconds });
      });
  },
};
