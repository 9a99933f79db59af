import { plural } from '../../amounts.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import type { PayloadNotice, WarningNotice } from '../../output/notice.js';
import { paintJson } from '../../output/paint-json.js';
import { visible, visibleBlock } from '../../output/safe.js';
import { noStyle, type Style, styleFor } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';

export type DecodeNotice = PayloadNotice | WarningNotice;

/** The values of `--format`. */
export type PayloadForm = 'json' | 'compact' | 'table';

/** Prints only the payload on stdout, and encodings and warnings on stderr. */
export async function createDecodeView(
  context: CommandContext,
  form: PayloadForm,
): Promise<View<DecodeNotice>> {
  const { host, global } = context;
  const style = await styleFor(host, host.stdout, global);
  const errStyle = await styleFor(host, host.stderr, global);
  const table = form === 'table' ? (await import('./event-table.js')).eventTable : undefined;
  return (notice) => {
    if (notice.type === 'warning') return { err: warningLine(notice, errStyle) };
    return {
      out: table
        ? table(notice.payload.text, style, host.stdout)
        : payloadText(notice, form, style),
      err: aboutPayload(notice, errStyle),
    };
  };
}

function payloadText({ payload }: PayloadNotice, form: PayloadForm, style: Style): string {
  if (form === 'compact') return `${visible(payload.text)}\n`;
  const text = visibleBlock(indentJson(payload.text));
  return `${style === noStyle ? text : paintJson(text, style)}\n`;
}

function aboutPayload({ layers, warnings, events }: PayloadNotice, style: Style): string {
  const counted = plural(events, 'event');
  const peeled = layers.map(({ detail }) => visible(detail)).join(style.faint(' › '));
  const about = peeled === '' ? counted : `${counted}, out of ${peeled}`;
  return `${style.good('decoded')}  ${about}\n${warnings.map((one) => warningLine(one, style)).join('')}`;
}

function warningLine({ message }: { readonly message: string }, style: Style): string {
  return `${style.warn('warning')}  ${visible(message)}\n`;
}
