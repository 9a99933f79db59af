import { setImmediate } from 'node:timers/promises';
import type { Webhook } from '../alerts/fact.js';
import type { PastCall, PastCalls } from '../alerts/watch-silence.js';
import type { Capture } from '../call/call.js';
import { everyCapture } from '../call/capture-query.js';
import { readCallContent, readCallContentInSlices, takesLongToRead } from '../call/content.js';
import { anyEvent } from '../payload/event-filter.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import { hasDatabase, type StoreFiles } from '../store/folder.js';
import { openHistory } from '../store/history.js';

/** The webhooks of these events, each once. */
function webhooksOf(events: Iterable<IdentifiedEvent>): Webhook[] {
  const found = new Map<string, Webhook>();
  for (const { panel, webhook = null } of events) {
    const key = JSON.stringify([panel, webhook]);
    if (!found.has(key) && found.size < maxWebhooks) found.set(key, { panel, webhook });
  }
  return [...found.values()];
}

/** Of one call, whose sender chooses the names. */
const maxWebhooks = 50;

/** The calls that are read after a start, and their age in milliseconds. */
const maxPastCalls = 2_000;
const maxPastMs = 7 * 24 * 3_600_000;
/** Reading stops after this many milliseconds, spent in slices. */
const maxReadMs = 500;
const sliceMs = 5;

/** The newest calls of a store. `started`: when this listener started, in milliseconds since 1970. */
export async function readPastCalls(files: StoreFiles, started: number): Promise<PastCalls> {
  if (!hasDatabase(files)) return { calls: [], ranUntil: undefined };
  const history = openHistory(files);
  const calls: PastCall[] = [];
  const slices = timeSlices(maxReadMs);
  try {
    const ranUntil = history
      .listenerRuns()
      .filter((run) => run.started < started)
      .reduce<number | undefined>((last, { seen }) => Math.max(last ?? seen, seen), undefined);
    for (const capture of history.captures(everyCapture, 'newest first')) {
      const isOld = started - capture.time > maxPastMs && calls.length > 0;
      if (isOld || calls.length === maxPastCalls || slices.isOver()) break;
      calls.push({ time: capture.time, webhooks: webhooksOf(capture.everyEvent('labels')) });
      await slices.next();
    }
    return { calls: calls.reverse(), ranUntil };
  } finally {
    history.close();
  }
}

/** When a webhook last called at or after `since`, in milliseconds since 1970. Undefined: it did not. */
export async function findLastCall(
  files: StoreFiles,
  { panel, webhook }: Webhook,
  since: number,
): Promise<number | undefined> {
  const history = openHistory(files);
  // A label is searched by its folded form, and events without one by their panel.
  const labels = webhook === null ? [] : [webhook.trim().toLowerCase()];
  const events = { ...anyEvent, panels: [panel], webhooks: labels };
  const slices = timeSlices(Number.POSITIVE_INFINITY);
  try {
    for (const { found } of history.search({ ...everyCapture, since, events }, 'newest first')) {
      const holds =
        found &&
        (webhook !== null ||
          webhooksOf(found.everyEvent('labels')).some(
            (each) => each.panel === panel && each.webhook === null,
          ));
      if (holds) return found.time;
      await slices.next();
    }
    return undefined;
  } finally {
    history.close();
  }
}

/** Yields the thread after each slice, for longer than it was taken. */
function timeSlices(maxMs: number) {
  let spentMs = 0;
  let begun = performance.now();
  return {
    isOver: () => spentMs > maxMs,
    async next() {
      const taken = performance.now() - begun;
      if (taken < sliceMs) return;
      spentMs += taken;
      await setImmediate();
      begun = performance.now();
    },
  };
}

/** The share of the thread's time that reading labels may take. */
const maxShare = 0.02;
const spanMs = 1_000;
/** This many calls in a span are always read, since the first ones take longer. */
const minReads = 20;

/** Reads which webhooks calls come from, as far as the thread has time for it. */
export function createWebhookReader(
  heardFrom: (webhooks: readonly Webhook[]) => void,
  missed: () => void,
): (capture: Capture) => void {
  let begun = performance.now();
  let spentMs = 0;
  let reads = 0;
  let reading = false;
  return (capture) => {
    const now = performance.now();
    if (now - begun > spanMs) [begun, spentMs, reads] = [now, 0, 0];
    const isLong = takesLongToRead(capture);
    const isOver = reads >= minReads && spentMs > maxShare * spanMs;
    if (isOver || (isLong && reading)) {
      missed();
      return;
    }
    reads += 1;
    if (!isLong) {
      heardFrom(webhooksIn(readCallContent(capture, 'labels')));
      spentMs += performance.now() - now;
      return;
    }
    reading = true;
    void readCallContentInSlices(capture, 'labels')
      .then((content) => heardFrom(webhooksIn(content)), missed)
      .finally(() => {
        reading = false;
      });
  };
}

function webhooksIn(content: ReturnType<typeof readCallContent>): Webhook[] {
  return content.kind === 'payload' ? webhooksOf(content.events) : [];
}
