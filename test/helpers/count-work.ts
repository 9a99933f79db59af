import { Session } from 'node:inspector';
import { afterAll, beforeAll } from 'vitest';

/** What code did, as V8 and the functions built into it say, whatever the code itself counts. */
export interface Work {
  /** Blocks of src/payload that were run: every turn of a loop is one. */
  readonly blocks: number;
  /** Characters that expressions, searches and decoders went through, at the least. */
  readonly characters: number;
}

/** Makes `countWork` for the tests of a file. Nothing else may run meanwhile. */
export function useWorkCounter(): (work: () => void | Promise<void>) => Promise<Work> {
  const session = new Session();
  beforeAll(() => {
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  });
  afterAll(() => session.disconnect());
  return async (work) => {
    blocksRun(session);
    const natives = countNatives();
    try {
      await work();
    } finally {
      natives.restore();
    }
    return { blocks: blocksRun(session), characters: natives.characters() };
  };
}

/** Since the last time. */
function blocksRun(session: Session): number {
  let blocks = 0;
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) throw error;
    for (const script of answer.result) {
      if (!script.url.includes('/src/payload/')) continue;
      for (const { ranges } of script.functions) for (const range of ranges) blocks += range.count;
    }
  });
  return blocks;
}

type Cost = (self: unknown, args: readonly unknown[], answer: unknown) => number;

function countNatives(): { characters(): number; restore(): void } {
  let characters = 0;
  const restores: (() => void)[] = [];
  const watch = (owner: object, name: string, cost: Cost) => {
    const own = owner as Record<string, (...args: unknown[]) => unknown>;
    const native = own[name]!;
    own[name] = function (this: unknown, ...args: unknown[]) {
      const from = this instanceof RegExp && (this.global || this.sticky) ? this.lastIndex : 0;
      const answer = native.apply(this, args);
      characters += Math.max(0, cost(this, args, answer) - from);
      return answer;
    };
    restores.push(() => {
      own[name] = native;
    });
  };
  const whole = (text: unknown) => String(text).length;
  watch(RegExp.prototype, 'exec', (self, [text], answer) => {
    const found = answer as RegExpExecArray | null;
    if (found) return found.index + found[0].length;
    // Whether it looked any further than its start is not known.
    const { source, sticky, multiline } = self as RegExp;
    return sticky || (source.startsWith('^') && !multiline) ? 0 : whole(text);
  });
  watch(
    String.prototype,
    'indexOf',
    (self, [, from], answer) => (answer === -1 ? whole(self) : Number(answer)) - Number(from ?? 0),
  );
  watch(String.prototype, 'includes', (self) => whole(self));
  for (const name of ['replaceAll', 'split', 'toLowerCase']) {
    watch(String.prototype, name, (self) => whole(self));
  }
  watch(JSON, 'parse', (_, [text]) => whole(text));
  watch(TextDecoder.prototype, 'decode', (_, [bytes]) => (bytes as Uint8Array).length);
  watch(TextEncoder.prototype, 'encode', (_, [text]) => whole(text));
  return {
    characters: () => characters,
    restore() {
      for (const restore of restores) restore();
    },
  };
}
