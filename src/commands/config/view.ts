import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { padTo, wrapped } from '../../output/columns.js';
import type { ConfigNotice, JsonSchemaNotice, SettingNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { styleFor } from '../../output/style.js';
import { indentJson } from '../../payload/json-text.js';

export type ConfigCommandNotice = ConfigNotice | SettingNotice | JsonSchemaNotice;

const keyWidth = 20;
const valueWidth = 36;

/** Highlights settings that differ from their default. */
export async function createConfigView({
  host,
  global,
}: CommandContext): Promise<View<ConfigCommandNotice>> {
  const style = await styleFor(host, host.stdout, global);
  return (notice) => {
    switch (notice.type) {
      case 'json_schema':
        return { out: `${indentJson(notice.json_schema.text)}\n` };
      case 'config': {
        const from = notice.profile_from === null ? '' : `  ${visible(notice.profile_from)}`;
        const others = notice.profiles.filter((name) => name !== notice.profile);
        return {
          out:
            `${style.bold('Config')}     ${notice.file === null ? 'no project file' : visible(notice.file)}\n` +
            (notice.user_file === null ? '' : `           ${visible(notice.user_file)}\n`) +
            `${style.bold('Profile')}    ${visible(notice.profile)}${from}` +
            `${others.length > 0 ? style.faint(`  (others: ${others.join(', ')})`) : ''}\n\n`,
        };
      }
      case 'setting': {
        const value = padTo(valueText(notice.value), valueWidth);
        const line = `${notice.key.padEnd(keyWidth)} ${value}  ${sourceText(notice)}`.trimEnd();
        const text = `${notice.source.kind === 'default' ? style.faint(line) : line}\n`;
        return { out: wrapped(text, host.stdout) };
      }
    }
  };
}

function valueText(value: SettingNotice['value']): string {
  if (value === null) return '-';
  if (typeof value !== 'object') return visible(String(value));
  return value.length === 0 ? 'none' : value.map((item) => valueText(item)).join(', ');
}

function sourceText({ source, value }: SettingNotice): string {
  switch (source.kind) {
    case 'default':
      return value === null ? '' : 'default';
    case 'flag':
    case 'variable':
      return visible(source.name);
    case 'file': {
      const location = `${visible(source.key)}, line ${source.line}`;
      if (source.untrusted !== undefined) {
        return `${location}, not trusted: it ${visible(source.untrusted)}`;
      }
      if (source.variables === undefined) return location;
      const unset = value === null || (typeof value === 'object' && value.includes(null));
      return `${location}, from ${source.variables.join(', ')}${unset ? ', which is not set' : ''}`;
    }
  }
}
