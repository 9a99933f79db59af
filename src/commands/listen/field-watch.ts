import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capture } from '../../call/call.js';
import { inSlices, readCallContentInSlices } from '../../call/content.js';
import { eachEventText } from '../../payload/event-texts.js';
import { readBaseline, writeBaseline } from '../../payload/field-baseline.js';
import { FieldCounts, type NewField } from '../../payload/field-counts.js';
import { replaceFile } from '../../replace-file.js';

/** Notices fields and types that no event of their kind had before, as far as listeners of the store know. */
export interface FieldWatch {
  /** Looks at a call later. Omits it when many wait, since others like it will follow. */
  see(capture: Capture): void;
  /** Looks at what waits, and writes what is known. Never rejects. */
  close(): Promise<void>;
}

/** Events of a kind whose fields are learned without a word. */
const learnedEvents = 20;
const maxWaiting = 64;
const maxWaitingBytes = 4 * 1024 * 1024;
/** The pause after looking at calls, as a multiple of its duration, in which the thread answers calls. */
const pauseFactor = 49;
const minPauseMs = 100;
const saveEveryMs = 60_000;

/** The fields are kept in a file of the store, which holds no values. `announce`: new ones together. */
export async function startFieldWatch(
  folder: string,
  announce: (found: readonly NewField[]) => void,
): Promise<FieldWatch> {
  const path = join(folder, 'fields.json');
  const counts = new FieldCounts();
  const known = readBaseline(await readFile(path, 'utf8').catch(() => ''));
  if (known) counts.restore(known.kinds, known.fields);
  let waiting: Capture[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let savedAt = performance.now();
  let isChanged = false;

  async function look(): Promise<void> {
    const begun = performance.now();
    const captures = waiting;
    waiting = [];
    waitingBytes = 0;
    const found: NewField[] = [];
    for (const capture of captures) {
      const reading = await readCallContentInSlices(capture);
      if (reading.kind === 'payload') {
        await inSlices(countFields(counts, reading.text(), capture.time, found));
      }
    }
    isChanged ||= captures.length > 0;
    const news = found.filter(({ eventsBefore }) => eventsBefore >= learnedEvents);
    if (news.length > 0) announce(news);
    if (found.length > 0 || performance.now() - savedAt > saveEveryMs) await save();
    timer = undefined;
    if (waiting.length > 0) schedule((performance.now() - begun) * pauseFactor);
  }

  /** Without the file, what is known is learned again. */
  async function save(): Promise<void> {
    if (!isChanged) return;
    const text = writeBaseline({ kinds: counts.kinds(), fields: [...counts.fields()] });
    await replaceFile(path, text, 0o600).catch(() => {});
    savedAt = performance.now();
    isChanged = false;
  }

  function schedule(pauseMs: number): void {
    timer = setTimeout(
      () => {
        looking = look().catch(() => {});
      },
      Math.max(minPauseMs, pauseMs),
    );
  }

  return {
    see(capture) {
      const bytes = capture.body.length;
      if (waiting.length >= maxWaiting || waitingBytes + bytes > maxWaitingBytes) return;
      waiting.push(capture);
      waitingBytes += bytes;
      if (timer === undefined) schedule(minPauseMs);
    },
    async close() {
      clearTimeout(timer);
      await looking;
      clearTimeout(timer);
      await look().catch(() => {});
      await save();
    },
  };
}

function* countFields(
  counts: FieldCounts,
  text: string,
  time: number,
  found: NewField[],
): Generator<undefined, void> {
  for (const event of eachEventText(text)) {
    found.push(...counts.add(JSON.parse(event.text), time));
    yield;
  }
}

const shownFields = 3;

/** One line for fields that appeared together. */
export function newFieldsText(found: readonly NewField[]): string {
  const names = found.slice(0, shownFields).map(({ channel, activity, path, type, documented }) => {
    const remark = documented ? '' : ', undocumented';
    return `${path.join('.')} (${type}${remark}) in ${channel || '-'} ${activity || '-'}`;
  });
  const more = found.length > shownFields ? `, and ${found.length - shownFields} more` : '';
  return `New in the payload: ${names.join(', ')}${more}. All fields: netcore-hook history fields`;
}
