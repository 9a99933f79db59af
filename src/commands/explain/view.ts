import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { wrapped } from '../../output/columns.js';
import type { CodeNotice, ExplanationNotice } from '../../output/notice.js';
import { styleFor } from '../../output/style.js';

export type ExplainNotice = CodeNotice | ExplanationNotice;

export async function createExplainView({
  host,
  global,
}: CommandContext): Promise<View<ExplainNotice>> {
  const style = await styleFor(host, host.stdout, global);
  let explained = 0;
  return (notice) => {
    if (notice.type === 'code') return { out: `${notice.code}  ${notice.kind}\n` };
    const { code, kind, text, page } = notice;
    const space = explained > 0 ? '\n' : '';
    explained += 1;
    const head = `${space}${style.bold(code)}  ${kind}\n\n`;
    return { out: wrapped(`${head}${text}\n${style.faint(`See ${page}.`)}\n`, host.stdout) };
  };
}
