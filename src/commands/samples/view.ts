import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { wrapped } from '../../output/columns.js';
import type {
  JsonSchemaNotice,
  PayloadNotice,
  PrintedNotice,
  SampleNotice,
} from '../../output/notice.js';
import { styleFor } from '../../output/style.js';
import { activities, channels } from '../../payload/channels.js';
import { indentJson } from '../../payload/json-text.js';
import { printedText } from '../../sending/print-call.js';

export type SamplesNotice = SampleNotice | PayloadNotice | PrintedNotice | JsonSchemaNotice;

const channelWidth = Math.max(...channels.map((name) => name.length));
const activityWidth = Math.max(...Object.values(activities).flatMap((a) => a.map((n) => n.length)));

export async function createSamplesView({
  host,
  global,
}: CommandContext): Promise<View<SamplesNotice>> {
  const style = await styleFor(host, host.stdout, global);
  return (notice) => {
    switch (notice.type) {
      case 'sample': {
        const channel = style.bold(notice.channel.padEnd(channelWidth));
        const source = notice.source === 'page' ? "Netcore's page" : style.faint(notice.source);
        const line = `${channel}  ${notice.activity.padEnd(activityWidth)}  ${source}\n`;
        return { out: wrapped(line, host.stdout) };
      }
      case 'json_schema':
        return { out: `${indentJson(notice.json_schema.text)}\n` };
      default:
        return { out: printedText(notice) };
    }
  };
}
