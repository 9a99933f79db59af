import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertFact } from '../../src/alerts/alert.js';
import { watchQueueAge } from '../../src/alerts/watch-queue-age.js';
import { watchSilence } from '../../src/alerts/watch-silence.js';
import { createFakeClock } from '../helpers/fake-clock.js';

const minute = 60_000;

describe('silence', () => {
  function listening() {
    const clock = createFakeClock();
    const raised: AlertFact[] = [];
    const watch = watchSilence(30 * minute, clock, (fact) => raised.push(fact));
    onTestFinished(() => watch.close());
    return { clock, raised, watch };
  }

  test('is told once, also when no call ever came', async () => {
    const { clock, raised } = listening();
    await clock.pass(30 * minute - 1);
    expect(raised).toEqual([]);
    await clock.pass(1);
    expect(raised).toEqual([{ kind: 'silence', lasted: 30 * minute }]);
    await clock.pass(300 * minute);
    expect(raised).toHaveLength(1);
  });

  test('is counted from the last call', async () => {
    const { clock, raised, watch } = listening();
    for (let call = 0; call < 10; call += 1) {
      await clock.pass(29 * minute);
      watch.heard();
    }
    expect(raised).toEqual([]);
    await clock.pass(30 * minute);
    expect(raised).toEqual([{ kind: 'silence', lasted: 30 * minute }]);
  });

  test('is over with the next call, and may come again', async () => {
    const { clock, raised, watch } = listening();
    await clock.pass(45 * minute);
    watch.heard();
    watch.heard();
    expect(raised.slice(1)).toEqual([{ kind: 'silence_over', lasted: 45 * minute }]);
    await clock.pass(30 * minute);
    expect(raised.slice(2)).toEqual([{ kind: 'silence', lasted: 30 * minute }]);
  });

  test('is no longer told of when the watch is closed', async () => {
    const { clock, raised, watch } = listening();
    watch.close();
    await clock.pass(60 * minute);
    expect(raised).toEqual([]);
  });
});

describe('an old queue', () => {
  function working() {
    const clock = createFakeClock();
    const raised: AlertFact[] = [];
    let answer: () => Promise<number | null> = async () => null;
    let asked = 0;
    const watch = watchQueueAge(
      {
        limit: 5 * minute,
        oldest: () => {
          asked += 1;
          return answer();
        },
        clock,
        now: clock.now,
      },
      (fact) => raised.push(fact),
    );
    onTestFinished(() => watch.close());
    const holds = (next: typeof answer) => {
      answer = next;
    };
    return { clock, raised, watch, holds, asked: () => asked };
  }

  test('is told when its oldest call has waited too long, once until that is over', async () => {
    const { clock, raised, holds } = working();
    const queued = clock.now();
    holds(async () => queued);
    await clock.pass(5 * minute);
    expect(raised).toEqual([]);
    await clock.pass(60 * minute);
    expect(raised).toEqual([{ kind: 'queue_old', age: 5 * minute + 10_000 }]);
    holds(async () => null);
    await clock.pass(minute);
    holds(async () => queued);
    await clock.pass(minute);
    expect(raised).toHaveLength(2);
  });

  test('is asked for every ten seconds, one question at a time, and not after the end', async () => {
    const { clock, watch, holds, asked } = working();
    await clock.pass(minute);
    expect(asked()).toBe(6);
    holds(() => new Promise(() => {}));
    await clock.pass(10 * minute);
    expect(asked()).toBe(7);
    watch.close();
  });

  test('is not told of because the engine fails', async () => {
    const { clock, raised, holds, asked } = working();
    holds(() => Promise.reject(new Error('gone')));
    await clock.pass(minute);
    expect(asked()).toBe(6);
    expect(raised).toEqual([]);
  });
});
