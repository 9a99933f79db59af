/**
 * Counts the steps that a backtracking engine takes to search a text for an expression. V8 does not
 * say how many it takes, and its time depends on the machine. Takes the syntax that src/payload
 * uses, and throws for any other. Stops at `limit`.
 */
export function countRegExpSteps(expression: RegExp, text: string, limit: number): number {
  const { source, flags } = expression;
  const parser: Parser = { source, flags, at: 0, groups: 0 };
  const matcher = readAlternatives(parser);
  if (parser.at < source.length) throw new Error(`Not understood: ${source} at ${parser.at}`);
  const run: Run = { text, steps: 0, limit, groups: [], multiline: flags.includes('m') };
  try {
    search(run, matcher, flags);
  } catch (error) {
    if (error !== atLimit) throw error;
  }
  return run.steps;
}

const atLimit = new Error('at the limit');

function step(run: Run): void {
  run.steps += 1;
  if (run.steps >= run.limit) throw atLimit;
}

function search(run: Run, matcher: Matcher, flags: string): void {
  const { text } = run;
  for (let start = 0; start <= text.length; ) {
    let end = -1;
    matcher(run, start, (at) => {
      end = at;
      return true;
    });
    if (flags.includes('y') || (end !== -1 && !flags.includes('g'))) break;
    start = Math.max(end, start + 1);
  }
}

interface Run {
  readonly text: string;
  steps: number;
  readonly limit: number;
  readonly groups: (string | undefined)[];
  readonly multiline: boolean;
}

type Next = (at: number) => boolean;
type Matcher = (run: Run, at: number, next: Next) => boolean;

interface Parser {
  readonly source: string;
  readonly flags: string;
  at: number;
  groups: number;
}

function readAlternatives(parser: Parser): Matcher {
  const alternatives = [readSequence(parser)];
  while (parser.source[parser.at] === '|') {
    parser.at += 1;
    alternatives.push(readSequence(parser));
  }
  const [only] = alternatives;
  if (only && alternatives.length === 1) return only;
  return (run, at, next) => alternatives.some((matcher) => matcher(run, at, next));
}

function readSequence(parser: Parser): Matcher {
  const matchers: Matcher[] = [];
  while (parser.at < parser.source.length && !/[|)]/.test(parser.source[parser.at]!)) {
    matchers.push(readRepeat(parser, readAtom(parser)));
  }
  return matchers.reduceRight<Matcher>(
    (rest, first) => (run, at, next) => first(run, at, (end) => rest(run, end, next)),
    (_, at, next) => next(at),
  );
}

function readRepeat(parser: Parser, matcher: Matcher): Matcher {
  const found = /^(?:[*+?]|\{(\d+)(,(\d*))?\})(\??)/.exec(parser.source.slice(parser.at));
  if (!found) return matcher;
  parser.at += found[0].length;
  const sign = found[0][0]!;
  const min = sign === '{' ? Number(found[1]) : sign === '+' ? 1 : 0;
  const open = sign === '*' || sign === '+' || (found[2] !== undefined && found[3] === '');
  const max = open ? Infinity : sign === '?' ? 1 : Number(found[3] ?? found[1]);
  return found[4] === '?' ? lazily(matcher, min, max) : greedily(matcher, min, max);
}

/** A loop and no recursion as long as there is one way to match: texts are longer than the stack. */
function greedily(matcher: Matcher, min: number, max: number): Matcher {
  return (run, start, next) => {
    const ends = [start];
    while (ends.length <= max) {
      let end = -1;
      const at = ends.at(-1)!;
      matcher(run, at, (reached) => {
        end = reached;
        return true;
      });
      if (end === -1 || (end === at && ends.length > min)) break;
      ends.push(end);
    }
    for (let count = ends.length - 1; count >= min; count -= 1) {
      step(run);
      if (next(ends[count]!)) return true;
    }
    return false;
  };
}

function lazily(matcher: Matcher, min: number, max: number): Matcher {
  return (run, start, next) => {
    for (let count = 0, at = start; count <= max; count += 1) {
      step(run);
      if (count >= min && next(at)) return true;
      let end = -1;
      matcher(run, at, (reached) => {
        end = reached;
        return true;
      });
      if (end === -1) return false;
      at = end;
    }
    return false;
  };
}

function readAtom(parser: Parser): Matcher {
  const { source } = parser;
  const rest = source.slice(parser.at);
  const take = (length: number) => {
    parser.at += length;
    return rest.slice(0, length);
  };
  const look = /^\(\?(<?)([=!])/.exec(rest);
  if (look) {
    take(look[0].length);
    const inner = readAlternatives(parser);
    parser.at += 1;
    return lookaround(inner, look[1] === '<', look[2] === '=');
  }
  if (rest.startsWith('(')) {
    const number = take(rest.startsWith('(?:') ? 3 : 1) === '(' ? ++parser.groups : 0;
    const inner = readAlternatives(parser);
    parser.at += 1;
    return (run, at, next) =>
      inner(run, at, (end) => {
        if (number > 0) run.groups[number] = run.text.slice(at, end);
        return next(end);
      });
  }
  if (rest.startsWith('^')) {
    take(1);
    return (run, at, next) => {
      step(run);
      return (at === 0 || (run.multiline && run.text[at - 1] === '\n')) && next(at);
    };
  }
  if (rest.startsWith('$')) {
    take(1);
    return (run, at, next) => {
      const ends = at === run.text.length || (run.multiline && run.text[at] === '\n');
      return ends && next(at);
    };
  }
  if (rest.startsWith('\\b')) {
    take(2);
    const isWord = (run: Run, at: number) => /\w/.test(run.text[at] ?? ' ');
    return (run, at, next) => isWord(run, at - 1) !== isWord(run, at) && next(at);
  }
  const reference = /^\\([1-9])/.exec(rest)?.[1];
  if (reference !== undefined) {
    take(2);
    return (run, at, next) => {
      const group = run.groups[Number(reference)] ?? '';
      return run.text.startsWith(group, at) && next(at + group.length);
    };
  }
  const one =
    /^(?:\[(?:\\[\s\S]|[^\]\\])*\]|\\(?:u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|[pP]\{\w+\}|[\s\S])|[\s\S])/iu.exec(
      rest,
    );
  return character(take(one?.[0].length ?? 1), parser.flags);
}

/** A class, an escape or a letter: whether V8 takes a character for it is asked once for each. */
function character(pattern: string, flags: string): Matcher {
  const expression = new RegExp(`^(?:${pattern})$`, flags.replace(/[gmy]/g, ''));
  const known = new Map<string, boolean>();
  return (run, at, next) => {
    step(run);
    const letter = run.text[at];
    if (letter === undefined) return false;
    let fits = known.get(letter);
    if (fits === undefined) {
      fits = expression.test(letter);
      known.set(letter, fits);
    }
    return fits && next(at + 1);
  };
}

function lookaround(inner: Matcher, behind: boolean, wanted: boolean): Matcher {
  return (run, at, next) => {
    let found = false;
    if (!behind) found = inner(run, at, () => true);
    // What is looked for behind is short.
    for (let start = at; behind && !found && start >= Math.max(0, at - 4); start -= 1) {
      found = inner(run, start, (end) => end === at);
    }
    return found === wanted && next(at);
  };
}
