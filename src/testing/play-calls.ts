import { resolve } from 'node:path';
import { realClock } from '../call/clock.js';
import { pace } from '../call/pace.js';
import { planReplay } from '../call/plan-replay.js';
import { createSender } from '../call/send.js';
import { readRecordFile } from '../output/record-lines.js';
import { problem } from '../problems/problem.js';
import { readVersion } from '../version.js';
import { answerOf } from './answer-of.js';
import { readCredentials } from './credentials.js';
import { defaultTimeoutMs, type PostOptions, readUrl } from './post.js';
import type { PostAnswer } from './post-answer.js';

export interface PlayOptions extends PostOptions {
  /**
   * How fast to play: 1 keeps the gaps in which the calls were received, 60 divides them by 60, and
   * `max` sends each call as soon as another one has been answered. Default 1.
   */
  readonly speed?: number | 'max';
  /** Calls in flight at most. Default 16; 1 for `max`, which sends the calls one after another. */
  readonly concurrency?: number;
}

/** The answer to a recorded call. */
export interface PlayedAnswer extends PostAnswer {
  /** The id of the capture that was sent. */
  readonly capture: string;
}

/**
 * Sends the calls of a file that `history export` wrote, byte for byte and in its order. Resolves to the
 * answers in the order of the file. @throws Problem `not_answered` when a call gets no answer,
 * `record_invalid` for a file of another kind, `nothing_to_replay` for an empty one.
 */
export async function playCalls(
  url: string | URL,
  file: string,
  options: PlayOptions = {},
): Promise<PlayedAnswer[]> {
  const { speed = 1, timeout = defaultTimeoutMs, auth, headers = {} } = options;
  const { concurrency = speed === 'max' ? 1 : 16 } = options;
  requirePositive('speed', speed === 'max' ? 1 : speed);
  requirePositive('concurrency', concurrency);
  const target = {
    url: readUrl(url),
    credentials: auth === undefined ? undefined : readCredentials(auth),
    headers: Object.entries(headers),
    userAgent: `netcore-hook/${readVersion()}`,
  };
  const sender = createSender({
    timeout,
    connections: concurrency,
    insecure: false,
    wholeAnswers: true,
  });
  const answers: PlayedAnswer[] = [];
  let first: number | undefined;
  try {
    const calls = await pace(
      readRecordFile(resolve(file), file),
      async (capture, index) => {
        const attempt = await sender.send(planReplay(capture, target));
        answers[index] = { ...answerOf(attempt, url), capture: capture.id };
      },
      {
        concurrency,
        clock: realClock,
        ...(speed !== 'max' && {
          due: ({ time }) => {
            first ??= time;
            return Math.max(0, time - first) / speed;
          },
        }),
      },
    );
    if (calls === 0) throw problem('nothing_to_replay', {});
    return answers;
  } finally {
    await sender.close();
  }
}

function requirePositive(what: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw problem('invalid_value', {
    what,
    value: String(value),
    reason: 'it is not a positive number',
    hint: 'Pass a number like 1 or 60.',
  });
}
