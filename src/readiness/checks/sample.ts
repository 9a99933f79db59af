import type { Check } from '../check.js';
import { judgeAnswer } from '../judge-answer.js';
import { sampleText } from '../sample-text.js';

export const sampleCheck: Check = {
  id: 'sample',
  group: 'payload',
  suite: 'basic',
  title: 'Sample calls answered 200',
  sends: 'a call for each channel',
  harmless: false,
  needs: 'credentials',
  run: async (probe) => {
    const attempts = await probe.sampleCalls();
    return attempts
      .map(({ name, attempt }) => judgeAnswer(sampleText(name), attempt, probe.endpoint.timeout))
      .filter((finding) => finding !== undefined);
  },
};
