import type { Check } from '../check.js';
import type { Finding } from '../findings.js';
import { judgeAnswer } from '../judge-answer.js';
import { judgeContent } from '../judge-content.js';
import type { Probe } from '../probe.js';
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
    const samples = await probe.sampleCalls();
    const refused = samples
      .map(({ name, attempt }) => judgeAnswer(sampleText(name), attempt, probe.endpoint.timeout))
      .filter((found) => found !== undefined);
    return [...refused, ...contradictions(samples, probe)];
  },
};

type Samples = Awaited<ReturnType<Probe['sampleCalls']>>;

/** The texts of answers that contradict their 200, as one finding for each kind. */
function contradictions(samples: Samples, { general }: Probe): Finding[] {
  const kinds = new Map<string, Samples>();
  for (const sample of samples) {
    const code = judgeContent('', sample.attempt)?.code;
    if (code !== undefined) kinds.set(code, [...(kinds.get(code) ?? []), sample]);
  }
  return [...kinds.values()].flatMap((alike) => {
    const calls = alike.map(({ attempt }) => attempt);
    const [name] = alike.map((each) => sampleText(each.name));
    const [first] = calls;
    const what = alike.length > 1 ? `Each of ${alike.length} samples` : name;
    const found = first && what && judgeContent(what, first, calls);
    if (!found) return [];
    if (alike.length === samples.length) general.add(found.code);
    return [found];
  });
}
