import { askHealth } from '../../call/ask-health.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { inspectOptions } from '../../cli/options/reading.js';
import { reporter } from '../../cli/reporter.js';
import { createInspector } from '../../inspector/inspector.js';
import { bindInspectorPort, inspectorPort } from '../../inspector/server/bind-port.js';
import { makeToken } from '../../inspector/server/make-token.js';
import type { InspectingNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { type StoreFiles, storeFiles } from '../../store/folder.js';
import { openHistory } from '../../store/history.js';
import { findOwnListeners } from '../../store/presence.js';
import { createInspectView, type InspectNotice } from './view.js';

/**
 * Serves the inspector over the recorded history until a stop signal. When a listener of the store
 * serves an inspector, prints its URL instead, since it shows the same.
 */
export async function runInspect(
  { words, options }: CommandInput<OptionValues<typeof inspectOptions>>,
  context: CommandContext,
): Promise<number> {
  const { host, global } = context;
  const [reference] = words;
  const requested = inspectorPort(options.inspectPort);
  const emit = reporter<InspectNotice>(context, await createInspectView(context));
  const warn = (code: string, message: string) => emit({ type: 'warning', code, message });
  const files = storeFiles(host, global);
  const call = wholeId(files, reference);
  const show = async (served: InspectingNotice['served'], inspector: string, pid: number) => {
    const page = call === undefined ? `${inspector}/` : `${inspector}/?call=${call}`;
    emit({ type: 'ready', inspector: page, served, store: files.folder, pid });
    if (!options.open) return;
    const { openBrowser } = await import('./open-browser.js');
    const failure = await openBrowser(page, host.platform);
    if (failure)
      warn('browser_not_opened', `Cannot open a browser: ${failure}. Open ${page} yourself.`);
  };

  const listeners = requested.asked ? [] : await findOwnListeners(files.folder, host);
  for (const { inspector, pid } of listeners) {
    if (inspector === null || (await askHealth(`${inspector}/`)) !== 'ok') continue;
    await show('listener', inspector, pid);
    return exitCodes.done.code;
  }
  let ignoreSignals = () => {};
  const stopped = new Promise<void>((resolve) => {
    ignoreSignals = host.onStopSignal(() => resolve());
  });
  const inspector = createInspector({
    token: makeToken(host),
    openSource: async () => {
      const { openSource } = await import('../../inspector/server/open-source.js');
      return openSource(files, context, () => undefined);
    },
  });
  try {
    await show('here', await bindInspectorPort(requested, inspector.listen, warn), host.pid);
    await stopped;
  } finally {
    ignoreSignals();
    await inspector.close();
  }
  return exitCodes.done.code;
}

/** The id of the selected capture. Throws when it or the store does not exist. */
function wholeId(files: StoreFiles, reference: string | undefined): string | undefined {
  const history = openHistory(files);
  try {
    return reference === undefined ? undefined : history.find(reference).id;
  } finally {
    history.close();
  }
}
