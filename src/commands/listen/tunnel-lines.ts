import type { TunnelNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

/**
 * The public address of a listener for people, as the Netcore panel asks for it. `password`: what to
 * say of it.
 */
export function tunnelLines(notice: TunnelNotice, password: string, style: Style): string {
  switch (notice.state) {
    case 'open':
      return (
        `${changedLine(notice, style)}${style.bold('Public')}     ${style.accent(address(notice))}\n` +
        `${style.faint(`Calls to it come here, through ${notice.by}, until this listener ends.`)}\n\n` +
        `${panelLines(notice, password, style)}\n`
      );
    case 'silent':
      return (
        `${changedLine(notice, style)}${style.warn('Public')}     ${address(notice)} could not be proven to lead here\n` +
        `           ${visible(notice.reason ?? '')}\n` +
        `           It is asked again and again, and told when it answers.\n\n` +
        `${panelLines(notice, password, style)}\n`
      );
    case 'lost':
      return (
        `${style.bad('TUNNEL LOST')}  ${notice.by} has ended: ${visible(notice.reason ?? '')}.\n` +
        `             Nothing reaches ${address(notice)} now, and Netcore disables a webhook that does not\n` +
        `             answer. Opening the tunnel again …\n\n`
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
