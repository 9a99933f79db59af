/** Targets of earlier replays, most recent first, without credentials. */
export interface Targets {
  readonly all: readonly string[];
  add(target: string): void;
}

/** The used part of `localStorage`. */
interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const key = 'netcore-hook.targets';
const maxTargets = 8;

export function openTargets(storage: () => TextStorage): Targets {
  let all = read(storage);
  return {
    get all() {
      return all;
    },
    add(target) {
      const plain = withoutCredentials(target);
      all = [plain, ...all.filter((other) => other !== plain)].slice(0, maxTargets);
      try {
        storage().setItem(key, JSON.stringify(all));
      } catch {
        // Some browsers refuse storage.
      }
    },
  };
}

function read(storage: () => TextStorage): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage().getItem(key) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter((each) => typeof each === 'string').slice(0, maxTargets)
      : [];
  } catch {
    return [];
  }
}

/** A password in a URL must not be stored. */
export function withoutCredentials(target: string): string {
  return target.trim().replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1');
}
