import type { Check } from '../check.js';
import { finding, shownBy } from '../findings.js';
import { sampleText } from '../sample-text.js';

/** Bytes. An answer needs no body; this is a long page. */
const long = 10_000;

export const answerSizeCheck: Check = {
  id: 'answer_size',
  group: 'payload',
  suite: 'full',
  title: 'Short answers',
  sends: 'those same calls',
  harmless: false,
  needs: 'sample',
  run: async (probe) => {
    const attempts = await probe.sampleCalls();
    return attempts.flatMap(({ name, attempt }) =>
      attempt.kind === 'answered' && attempt.bytes > long
        ? [
            shownBy(
              finding('long_answer', { what: sampleText(name), bytes: attempt.bytes }),
              attempt,
            ),
          ]
        : [],
    );
  },
};
