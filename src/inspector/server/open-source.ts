import type { Capture } from '../../call/call.js';
import { readCallContent } from '../../call/content.js';
import { curlCommand } from '../../call/curl-command.js';
import { planReplay } from '../../call/plan-replay.js';
import type { CommandContext } from '../../cli/command.js';
import { indentJson } from '../../payload/json-text.js';
import { problem } from '../../problems/problem.js';
import { listSamples } from '../../sample-files.js';
import type { StoreFiles } from '../../store/folder.js';
import { findCapture, openHistory } from '../../store/history.js';
import { readVersion } from '../../version.js';
import type { PrintedCapture } from '../api.js';
import type { InspectorSource, PrintedForm } from '../source.js';
import { captureDetail } from './capture-detail.js';
import { followRecord } from './follow-record.js';
import { listPage } from './list-page.js';
import { createPasteDecoder } from './paste-decoder.js';
import { readFilter } from './read-filter.js';
import type { OwnListener, Sending } from './sending.js';
import { createStatistics } from './statistics.js';

/** The inspector's data and actions, over a store. */
export function openSource(
  files: StoreFiles,
  context: CommandContext,
  ownListener: () => OwnListener | undefined,
): InspectorSource {
  const { now } = context.host;
  const history = openHistory(files);
  const statistics = createStatistics(history, files, context);
  const decoder = createPasteDecoder();
  // The sender takes as long to load as everything else, and the page needs calls first.
  let opening: Promise<Sending> | undefined;
  const sending = () => {
    opening ??= import('./sending.js').then(({ createSending }) =>
      createSending(history, files, context, ownListener),
    );
    return opening;
  };
  return {
    list: (filter, page) => listPage(history, readFilter(filter, now()), page),
    detail(id) {
      const capture = history.find(id);
      return captureDetail(capture, history.story(capture.id));
    },
    body(id) {
      const { id: whole, body } = history.find(id);
      return { id: whole, bytes: body };
    },
    print: (id, as, event) =>
      printed(findCapture(history, event === undefined ? id : `${id}.${event}`), as),
    stats: (filter, minutes) => statistics.read(readFilter(filter, now()), minutes),
    follow: (filter, from) => followRecord(history, readFilter(filter, now()), { from }),
    samples: () =>
      listSamples().map(({ channel, activity, source }) => ({ channel, activity, source })),
    replay: async (id, request) => (await sending()).replay(id, request),
    send: async (request) => (await sending()).send(request),
    decode: (text) => decoder.decode(text),
    isInPlace: () => history.isInPlace(),
    async close() {
      await decoder.close();
      await (await opening)?.close();
      history.close();
    },
  };
}

/** Prints as `replay --print` does, for a handler on this machine. */
function printed(capture: Capture, as: PrintedForm): PrintedCapture {
  const call = planReplay(capture, {
    url: new URL('http://127.0.0.1:3000/hook'),
    credentials: undefined,
    headers: [],
    userAgent: `netcore-hook/${readVersion()}`,
  });
  switch (as) {
    case 'curl':
      return { text: curlCommand(call) };
    case 'form':
      return { text: Buffer.from(call.body).toString('utf8') };
    case 'json': {
      const content = readCallContent(capture);
      if (content.kind === 'payload') return { text: indentJson(content.text()) };
      throw problem('capture_without_payload', { id: capture.id, reason: content.message });
    }
  }
}
