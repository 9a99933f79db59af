import { startAlerts } from '../../alerts/alerts.js';
import { commandChannel } from '../../alerts/command-channel.js';
import { realClock } from '../../call/clock.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { WarningNotice } from '../../output/notice.js';
import type { SoakTurn } from '../../readiness/endurance/soak-record.js';
import { shownUrl } from '../../readiness/reports/conceal.js';

export interface SoakAlerts {
  raise(turn: SoakTurn): void;
  close(): Promise<void>;
}

/** Throttles alerts for an unstable endpoint. Milliseconds. */
const every = 60_000;
/** For a command that has just started. Milliseconds. */
const closeGraceMs = 10_000;

/** Runs a command when an outage begins and when it ends. */
export function startSoakAlerts(
  command: string | undefined,
  url: URL,
  { host }: CommandContext,
  emit: Emit<WarningNotice>,
): SoakAlerts {
  const alerts = startAlerts({
    channels: command === undefined ? [] : [commandChannel(command, host)],
    every,
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
      const { from, to: until, reason } = outage;
      if (kind === 'failed') alerts.raise({ kind: 'soak_failed', to, status: null, reason });
      else {
        // The clock may have been set back meanwhile.
        const lasted = Math.max(0, (until ?? from) - from);
        alerts.raise({ kind: 'soak_recovered', to, lasted });
      }
    },
    close: () => alerts.close(closeGraceMs),
  };
}
