import type { CommandContext } from '../../cli/command.js';
import { captureNotice } from '../../output/capture-notice.js';
import type { CaptureNotice } from '../../output/notice.js';
import { tellsKey } from '../../payload/event-key.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';

/** The notice of a listed capture. JSON has the key of every event. */
export function listedNotice(capture: ListedCapture, { global }: CommandContext): CaptureNotice {
  const known = !global.json || capture.events.every(tellsKey);
  return captureNotice(capture, known ? capture : { ...capture, events: wholeEvents(capture) });
}

/** The listed events as their bodies tell them. */
function wholeEvents(capture: ListedCapture): IdentifiedEvent[] {
  const events: IdentifiedEvent[] = [];
  for (const event of capture.everyEvent('keys')) {
    if (events.length === capture.events.length) break;
    events.push(event);
  }
  return events;
}
