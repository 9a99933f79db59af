import type { TunnelNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

/**
 * The public URL of a listener, laid out like the form in the Netcore panel. `password`: the hint
 * in place of the password.
 */
export function tunnelLines(notice: TunnelNotice, password: string, style: Style): string {
  switch (notice.state) {
    case 'open':
      return (
        `${changedLine(notice, style)}${style.bold('Public')}     ${style.accent(address(notice))}\n` +
        `${style.faint(`Forwards to this listener through ${notice.by} until the listener stops.`)}\n\n` +
        `${panelLines(notice, password, style)}\n`
      );
    case 'silent':
      return (
        `${changedLine(notice, style)}${style.warn('Public')}     ${address(notice)} does not reach this listener yet\n` +
        `           ${visible(notice.reason ?? '')}\n` +
        `           Probes continue. A line appears here once one arrives.\n\n` +
        `${panelLines(notice, password, style)}\n`
      );
    case 'lost':
      return (
        `${style.bad('TUNNEL LOST')}  ${notice.by} has ended: ${visible(notice.reason ?? '')}.\n` +
        `             ${address(notice)} is unreachable, and Netcore disables webhooks that do not answer.\n` +
        `             Reopening the tunnel …\n\n`
      );
  }
}

function changedLine(notice: TunnelNotice, style: Style): string {
  return notice.changed
    ? `${style.bad('THE ADDRESS HAS CHANGED')}  Enter the new one in the Netcore panel.\n`
    : '';
}

function panelLines(notice: TunnelNotice, password: string, style: Style): string {
  return (
    'For the Netcore panel:\n' +
    `  URL                  ${style.accent(address(notice))}\n` +
    '  Authentication type  Basic\n' +
    `  User name            ${visible(notice.user)}\n` +
    `  Password             ${password}\n`
  );
}

function address({ url }: TunnelNotice): string {
  return visible(url);
}
