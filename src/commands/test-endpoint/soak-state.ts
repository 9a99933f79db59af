import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandContext } from '../../cli/command.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import {
  plannedCalls,
  type Soak,
  type SoakFigures,
} from '../../readiness/endurance/soak-record.js';
import { removeFile, replaceFile } from '../../replace-file.js';
import { storeFiles } from '../../store/folder.js';

/** Identifies a soak by its endpoint and plan. */
export interface SoakIdentity {
  readonly url: URL;
  readonly soak: Soak;
  readonly channels: readonly string[];
}

/** The default path of a soak's state, in the store. */
export function soakStatePath(identity: SoakIdentity, { host, global }: CommandContext): string {
  return join(storeFiles(host, global).folder, 'soaks', `${soakId(identity)}.json`);
}

/** A hash, so that the name does not reveal tokens of the URL. */
function soakId({ url, soak, channels }: SoakIdentity): string {
  const identity = JSON.stringify([url.href, soak.durationMs, soak.intervalMs, channels]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}

interface StoredSoak {
  readonly schema: 1;
  readonly soak: string;
  readonly figures: SoakFigures;
}

/**
 * The progress of an interrupted soak; undefined when there is none, when it is a different soak,
 * or when it was interrupted for longer than it lasts.
 */
export async function readSoakState(
  path: string,
  identity: SoakIdentity,
  now: number,
): Promise<SoakFigures | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const { schema, soak: of, figures }: Partial<StoredSoak> = JSON.parse(text);
    const { soak } = identity;
    if (schema !== 1 || of !== soakId(identity) || figures === undefined) return undefined;
    const { planned, calls, latest } = figures;
    const goesOn = planned === plannedCalls(soak) && calls > 0 && calls < planned;
    return goesOn && now - latest <= Math.max(soak.durationMs, 2 * soak.intervalMs)
      ? figures
      : undefined;
  } catch {
    return undefined;
  }
}

/** Rejects with a problem. */
export async function writeSoakState(
  path: string,
  identity: SoakIdentity,
  figures: SoakFigures,
): Promise<void> {
  const kept: StoredSoak = { schema: 1, soak: soakId(identity), figures };
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, `${JSON.stringify(kept)}\n`, 0o600);
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}

/** A finished soak must not be resumed. */
export async function forgetSoakState(path: string): Promise<void> {
  await removeFile(path);
}
