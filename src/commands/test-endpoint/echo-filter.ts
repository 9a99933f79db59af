export interface EchoFilter {
  begin(): void;
  end(): void;
  /** Whether a change of this path starts a round. */
  counts(path: string): boolean;
}

/** Milliseconds after a round in which an endpoint still works on its calls. */
const echoMs = 300;
/** Someone may save a file as quickly once or twice. */
const minRounds = 3;

/**
 * Recognises files that the endpoint writes when it is called: they change with three rounds in a row.
 * From then on, such changes do not count; those at other times do. `ignored` is called once for each
 * file.
 */
export function createEchoFilter(now: () => number, ignored: (path: string) => void): EchoFilter {
  let end = Number.POSITIVE_INFINITY;
  let before = new Map<string, number>();
  /** With how many rounds in a row each path changed, up to this one. */
  let rounds = new Map<string, number>();
  const known = new Set<string>();
  return {
    begin() {
      before = rounds;
      rounds = new Map();
      end = Number.POSITIVE_INFINITY;
    },
    end() {
      end = now() + echoMs;
    },
    counts(path) {
      if (now() > end) return true;
      const count = (before.get(path) ?? 0) + 1;
      rounds.set(path, count);
      if (count < minRounds) return true;
      if (!known.has(path)) ignored(path);
      known.add(path);
      return false;
    },
  };
}
