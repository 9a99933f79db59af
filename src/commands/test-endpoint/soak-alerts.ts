import { startAlerts } from '../../alerts/alerts.js';
import { noOutlook } from '../../alerts/outlook.js';
import { realClock } from '../../call/clock.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import { type ChannelOptions, machineName, openChannels } from '../../forwarding/alert-channels.js';
import type { WarningNotice } from '../../output/notice.js';
import type { SoakTurn } from '../../readiness/endurance/soak-record.js';
import { shownUrl } from '../../readiness/reports/conceal.js';

export interface SoakAlerts {
  raise(turn: SoakTurn): void;
  close(): Promise<void>;
}

interface SoakAlertOptions {
  readonly alerts: ChannelOptions;
  /** Throttles alerts for an unstable endpoint. Milliseconds. */
  readonly alertEvery: number;
}

/** For a command or an e-mail that has just started. Milliseconds. */
const closeGraceMs = 10_000;

/** Sends an alert when an outage begins and when it ends. */
export function startSoakAlerts(
  { alerts: options, alertEvery }: SoakAlertOptions,
  url: URL,
  { host, global }: CommandContext,
  emit: Emit<WarningNotice>,
): SoakAlerts {
  const { channels, sender } = openChannels(options, host);
  const alerts = startAlerts({
    channels,
    source: {
      host: machineName(host),
      profile: global.profile,
      store: '',
      listener: undefined,
      outlook: () => noOutlook,
      onStore: (command) => command,
    },
    every: alertEvery,
    clock: realClock,
    now: host.now,
    failed: ({ channel, reason }) =>
      emit({
        type: 'warning',
        code: 'alert_failed',
        message: `An alert could not be delivered by ${channel}: ${reason}`,
      }),
  });
  const to = shownUrl(url);
  return {
    raise({ kind, outage }) {
      const { from: since, to: until, reason } = outage;
      if (kind === 'failed') {
        alerts.raise({ kind: 'soak_failed', since, to, status: null, reason });
      } else {
        // The clock may have been set back meanwhile.
        const lasted = Math.max(0, (until ?? since) - since);
        alerts.raise({ kind: 'soak_recovered', to, lasted });
      }
    },
    async close() {
      await alerts.close(closeGraceMs);
      await sender.close();
    },
  };
}
