import { randomBytes } from 'node:crypto';
import type { HandedOverCall, RemoteOutcome, WithdrawnCall } from '../../call/delivery.js';
import type { Reported, Reports } from '../reconcile.js';
import { readOutcome } from './job.js';
import type { OwnScript } from './lua.js';
import { beatKey, captureIdOf, jobId, jobKeyOf, queueBase, queueName } from './names.js';

export interface RedisReports extends Reports {}

type Run = (name: OwnScript, ...values: readonly (string | number)[]) => Promise<unknown>;

/** How many outcomes are read at a time. */
const maxOutcomes = 500;

export function openReports(run: Run): RedisReports {
  // Nobody else counts with it, so that it goes back only when the server has lost something.
  const beat = `${beatKey}${randomBytes(9).toString('base64url')}`;
  let counted = 0;

  return {
    maxOutcomes,
    async read(tag) {
      const answer = await run('readOutcomes', tag, beat, maxOutcomes);
      const [count, fields] = Array.isArray(answer) ? (answer as unknown[]) : [];
      const lost = Number(count) <= counted;
      counted = Number(count);
      return { lost, reported: readReported(fields) };
    },
    async forget(tag, reported) {
      const fields = reported.flatMap(({ name, text }) => [name, text]);
      if (fields.length > 0) await run('forgetOutcomes', tag, ...fields);
    },
    async missing(tag, olderTags, calls) {
      const found: HandedOverCall[] = [];
      for (const [to, ofTarget] of byTarget(calls)) {
        const names = ofTarget.map(({ capture, job }) => jobId(capture, job));
        const base = queueBase(queueName(to));
        const known = await run('lookForCalls', base, tag, olderTags.join(' '), ...names);
        if (!Array.isArray(known)) continue;
        for (const [index, call] of ofTarget.entries()) {
          if (Number(known[index]) === 0) found.push({ capture: call.capture, job: call.job });
        }
      }
      return found;
    },
    async withdraw(calls) {
      const out: WithdrawnCall[] = [];
      for (const call of calls) {
        const { capture, job, to } = call;
        const answer = await run('dropCall', queueBase(queueName(to)), jobId(capture, job));
        if (Number(answer) >= 0) out.push(call);
      }
      return out;
    },
  };
}

function readReported(fields: unknown): Reported[] {
  if (!Array.isArray(fields)) return [];
  const texts = fields.map(String);
  return texts.flatMap((name, index) => {
    if (index % 2 === 1) return [];
    const text = texts[index + 1] ?? '';
    const said = readOutcome(text);
    const outcome: RemoteOutcome | undefined = said && {
      capture: captureIdOf(name),
      job: jobKeyOf(name),
      ...said,
    };
    return [{ name, text, outcome }];
  });
}

function byTarget(calls: readonly WithdrawnCall[]): Map<string, WithdrawnCall[]> {
  const found = new Map<string, WithdrawnCall[]>();
  for (const call of calls) found.set(call.to, [...(found.get(call.to) ?? []), call]);
  return found;
}
