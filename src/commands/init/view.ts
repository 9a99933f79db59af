import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { wrapped } from '../../output/columns.js';
import type { CreatedNotice, StarterNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { shellWord } from '../../output/shell-word.js';
import { styleFor } from '../../output/style.js';

export type InitNotice = StarterNotice | CreatedNotice;

const idWidth = 9;
const nameWidth = 29;

export async function createInitView({ host, global }: CommandContext): Promise<View<InitNotice>> {
  const style = await styleFor(host, host.stdout, global);
  return (notice) => {
    if (notice.type === 'starter') {
      const { framework, name, ran_with: ranWith } = notice;
      const id = style.bold(framework.padEnd(idWidth));
      const line = `${id}  ${name.padEnd(nameWidth)}${style.faint(ranWith)}\n`;
      return { out: wrapped(line, host.stdout) };
    }
    const { name, folder, files, install, start } = notice;
    const commands = [
      ...(folder === '.' ? [] : [`cd ${shellWord(folder)}`]),
      ...install,
      `HOOK_USER=netcore HOOK_PASSWORD=secret ${start}`,
    ];
    const test = 'netcore-hook test-endpoint :3000/webhooks/netcore --auth netcore:secret';
    const block = (lines: readonly string[]) =>
      lines.map((line) => `  ${style.accent(line)}\n`).join('');
    const written = `Wrote a receiver for ${name} into ${visible(folder)} (${files.length} files).\n`;
    return {
      out:
        `${wrapped(written, host.stdout)}\nStart it:\n\n${block(commands)}\n` +
        `Test it from another terminal:\n\n${block([test])}\n` +
        'README.md shows where your code goes.\n',
    };
  };
}
