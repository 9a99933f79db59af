import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CaptureQuery } from '../../call/capture-query.js';
import { captureQuery } from '../../cli/capture-filter.js';
import type { CommandContext } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { reconcileOptions } from '../../cli/options/reconciling.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import type { Sides } from '../../reconciliation/choose-key.js';
import { expandPatterns } from '../../reconciliation/expand-patterns.js';
import { zoneReader } from '../../reconciliation/row-time.js';
import { openFileSide, type RowSide } from '../../reconciliation/side.js';
import { storeSide } from '../../reconciliation/store-side.js';
import type { History } from '../../store/history.js';

export type ReconcileInput = OptionValues<typeof reconcileOptions>;

/** Refuses options that exclude each other. */
export function refuseContradictions(options: ReconcileInput): void {
  const { expect, in: found } = options;
  if (expect.length === 0 && found.length === 0) {
    throw problem('usage', {
      message: 'reconcile needs a file to compare with the store.',
      hint: 'Pass what must be there with --expect report.csv, or where it must be with --in table.csv.',
    });
  }
  if ([...expect, ...found].filter((name) => name === '-').length > 1) {
    throw problem('usage', {
      message: 'Stdin can be read only once.',
      hint: 'Write one of the two sides to a file.',
    });
  }
  const ofStore = (['status', 'outcome', 'text'] as const).find((name) =>
    Array.isArray(options[name]) ? options[name].length > 0 : options[name] !== undefined,
  );
  if (ofStore !== undefined && expect.length > 0 && found.length > 0) {
    throw problem('usage', {
      message: `--${ofStore} selects captures, and no side is the store.`,
      hint: 'Remove it.',
    });
  }
  if (options.by !== undefined && (options.missing !== undefined || options.key.length > 0)) {
    throw problem('usage', {
      message: `--by message compares totals, and has no use for ${options.missing === undefined ? '--key' : '--missing'}.`,
      hint: 'Remove one of them.',
    });
  }
}

/** A long comparison must not end with this, nor replace what it compares. */
export async function refuseUnwritable(
  file: string,
  { expect, in: found }: ReconcileInput,
  { host }: CommandContext,
): Promise<void> {
  const path = resolve(host.cwd, file);
  const realPath = (name: string) => realpath(resolve(host.cwd, name)).catch(() => undefined);
  const own = await realPath(file);
  for (const name of await expandPatterns([...expect, ...found], host)) {
    if (own === undefined || (await realPath(name)) !== own) continue;
    throw problem('usage', {
      message: `--missing would overwrite ${name}, which is compared.`,
      hint: 'Choose another file for the missing rows.',
    });
  }
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}

/** Opens both sides: files, or the store where none are named. Adds them to `opened` to be closed. */
export async function openSides(
  options: ReconcileInput,
  { host }: CommandContext,
  history: History | undefined,
  signal: AbortSignal,
  opened: RowSide[],
): Promise<Sides> {
  const query = captureQuery({ ...options, key: [] }, host.now());
  const readPanelZone = zoneReader(options.panelTz);
  const readZone = options.tz ? zoneReader(options.tz) : readPanelZone;
  const open = async (names: readonly string[], side: 'expected' | 'found'): Promise<RowSide> => {
    const isExpected = side === 'expected';
    if (names.length === 0 && history) {
      return storeSide(history, isExpected ? query : lasting(query), readPanelZone);
    }
    const files = await openFileSide(await expandPatterns(names, host), {
      host,
      mappings: options.map,
      keepText: isExpected && options.missing !== undefined,
      withCounts: options.by !== undefined,
      filter: query,
      outOfTime: isExpected ? 'omitted' : 'uncounted',
      readZone,
      readPanelZone,
      signal,
    });
    opened.push(files);
    return files;
  };
  return {
    expected: await open(options.expect, 'expected'),
    found: await open(options.in, 'found'),
  };
}

/** An event can arrive long after it happened. */
function lasting(query: CaptureQuery): CaptureQuery {
  return { ...query, until: undefined };
}
