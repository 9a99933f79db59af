import type { AlertSource } from '../alerts/alert.js';
import { describeAlert } from '../alerts/alert.js';
import { tryDelivery } from '../alerts/alerts.js';
import { beat } from '../alerts/heartbeat.js';
import { noOutlook } from '../alerts/outlook.js';
import type { CommandContext } from '../cli/command.js';
import { reporter, type View } from '../cli/reporter.js';
import { wrapped } from '../output/columns.js';
import type { AlertTestNotice } from '../output/notice.js';
import { visible } from '../output/safe.js';
import { type Style, styleFor } from '../output/style.js';
import { exitCodes } from '../problems/exit-codes.js';
import type { StoreFiles } from '../store/folder.js';
import { machineName, openChannels } from './alert-channels.js';
import type { AlertOptions } from './alert-options.js';
import { onStore } from './store-command.js';

/** Longer than any channel takes. */
const maxTestMs = 60_000;

/**
 * Sends a test alert through every channel, and requests the heartbeat URL. Resolves to the exit code:
 * 1 if one of them failed.
 */
export async function runAlertTest(
  options: AlertOptions,
  files: StoreFiles,
  context: CommandContext,
): Promise<number> {
  const { host, global } = context;
  const emit = reporter<AlertTestNotice>(context, await createAlertTestView(context));
  const source: AlertSource = {
    host: machineName(host),
    profile: global.profile,
    store: files.folder,
    listener: undefined,
    outlook: () => noOutlook,
    onStore: (command) => onStore(command, context, files),
  };
  const alert = describeAlert({ kind: 'test' }, { time: host.now(), heldBack: 0 }, source);
  const { channels, sender } = openChannels(options.channels, host);
  const signal = AbortSignal.timeout(maxTestMs);
  const { heartbeat } = options;
  const deliveries = [
    ...channels.map(async (channel) => ({
      channel: channel.name,
      ...(await tryDelivery(channel, alert, signal)),
    })),
    ...(heartbeat
      ? [
          beat(heartbeat.target, sender, signal).then((delivery) => ({
            channel: '--heartbeat-url',
            ...delivery,
          })),
        ]
      : []),
  ];
  let well = true;
  for (const delivery of deliveries) {
    const { channel, delivered, answer } = await delivery;
    emit({ type: 'alert_test', channel, delivered, answer });
    well &&= delivered;
  }
  await sender.close();
  return well ? exitCodes.done.code : exitCodes.no.code;
}

async function createAlertTestView({
  host,
  global,
}: CommandContext): Promise<View<AlertTestNotice>> {
  const style = await styleFor(host, host.stdout, global);
  return (notice) => ({ out: wrapped(testLine(notice, style), host.stdout) });
}

function testLine({ channel, delivered, answer }: AlertTestNotice, style: Style): string {
  const outcome = delivered ? style.good('delivered') : style.bad('failed   ');
  return `${channel.padEnd(16)} ${outcome}  ${visible(answer)}\n`;
}
