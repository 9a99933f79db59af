import type { CommandContext, CommandDefinition, CommandInput } from '../../cli/command.js';
import { readSettingsFiles, type SettingsFiles } from '../../cli/options/files.js';
import { flagOf, type OptionValues, rowsOf } from '../../cli/options/option.js';
import type { configOptions } from '../../cli/options/reading.js';
import { settingsSchema } from '../../cli/options/schema.js';
import {
  defaultOf,
  describe,
  exampleOf,
  type Setting,
  settings,
} from '../../cli/options/settings.js';
import { reporter } from '../../cli/reporter.js';
import type { Host } from '../../host.js';
import { JsonText } from '../../output/json-text.js';
import type { SettingNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { storeFilesIfAny } from '../../store/folder.js';
import { expandHome } from '../../user-folders.js';
import { type ConfigCommandNotice, createConfigView } from './view.js';

type ConfigInput = CommandInput<OptionValues<typeof configOptions>>;

/**
 * Shows the effective value and source of each setting, or prints the schema of the project file.
 */
export async function runConfig(
  { words: [command], options }: ConfigInput,
  context: CommandContext,
  commands: readonly CommandDefinition[],
): Promise<number> {
  const emit = reporter<ConfigCommandNotice>(context, await createConfigView(context));
  if (options.schema) {
    if (command !== undefined) {
      throw problem('usage', {
        message: '--schema describes the whole project file, and takes no command.',
        hint: 'Try: netcore-hook config --schema',
      });
    }
    const schema = JSON.stringify(settingsSchema());
    emit({ type: 'json_schema', json_schema: new JsonText(schema) });
    return exitCodes.done.code;
  }
  const takers = await takersOf(commands);
  const chosen = command === undefined ? settings : takenBy(command, takers, commands);
  const { projectFile, foundFile, settingsFiles, profile, from } = context.global;
  const asked = from.profile.kind === 'default' ? undefined : from.profile.name;
  const files = readSettingsFiles(
    settingsFiles,
    asked === undefined ? undefined : { name: asked, value: profile },
    foundFile,
  );
  if (files.found && files.found.reaches.length > 0) {
    const { isTrustedProject } = await import('../../cli/trust-project.js');
    if (await isTrustedProject(files.found, [], context.host, undefined)) files.trust();
  }
  emit({
    type: 'config',
    file: projectFile ?? null,
    user_file: settingsFiles.find((path) => path !== projectFile) ?? null,
    profile,
    profile_from: asked ?? null,
    profiles: files.profiles,
  });
  for (const setting of chosen) {
    emit(settingNotice(setting, takers.get(setting.key) ?? [], files, context));
  }
  return exitCodes.done.code;
}

/** The commands that use each setting, by its key. */
async function takersOf(
  commands: readonly CommandDefinition[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const takers = new Map<string, string[]>();
  const visit = async (definition: CommandDefinition, before: string) => {
    const path = `${before}${definition.name}`;
    const { options, usesStore } = await definition.load();
    const keys = rowsOf(options).flatMap(([, { key }]) => key ?? []);
    for (const key of new Set(usesStore ? ['store', ...keys] : keys)) {
      takers.set(key, [...(takers.get(key) ?? []), path]);
    }
    for (const verb of definition.verbs ?? []) await visit(verb, `${path} `);
  };
  for (const definition of commands) await visit(definition, '');
  return takers;
}

function takenBy(
  command: string,
  takers: ReadonlyMap<string, readonly string[]>,
  commands: readonly CommandDefinition[],
): readonly Setting[] {
  const own = settings.filter(({ key }) =>
    takers.get(key)?.some((path) => path.split(' ', 1)[0] === command),
  );
  if (own.length > 0) return own;
  const names = commands.map(({ name }) => name);
  const suggestion = names.includes(command) ? undefined : nearest(command, names);
  throw problem('usage', {
    message: `No setting of the project file applies to "${command}".`,
    hint: suggestion ? `Did you mean "${suggestion}"?` : 'Remove it to list every setting.',
  });
}

function settingNotice(
  setting: Setting,
  commands: readonly string[],
  files: SettingsFiles,
  context: CommandContext,
): SettingNotice {
  const { key, variable = null } = setting;
  const example = new JsonText(exampleOf(setting));
  const about = { flag: flagOf(setting), variable, commands, example, says: describe(setting) };
  return { type: 'setting', key, ...currentValue(setting, files, context), ...about };
}

function currentValue(
  setting: Setting,
  files: SettingsFiles,
  { host, global }: CommandContext,
): Pick<SettingNotice, 'value' | 'source'> {
  const { key, variable } = setting;
  const fromVariable = variable && host.env[variable];
  const entry = files.entryOf(key);
  const typed = key === 'store' && global.from.store.kind === 'flag';
  if (key === 'store' && (typed || fromVariable || !entry)) {
    const value = storeFilesIfAny(host, global)?.folder ?? null;
    const { kind, name } = global.from.store;
    return {
      value,
      source: kind === 'flag' || kind === 'variable' ? { kind, name } : { kind: 'default' },
    };
  }
  if (variable && fromVariable) {
    return {
      value: shown(setting, fromVariable, host),
      source: { kind: 'variable', name: variable },
    };
  }
  if (!entry) return { value: defaultOf(setting) ?? null, source: { kind: 'default' } };
  const { path, key: place, line, value } = entry;
  const untrusted = files.untrusted(entry);
  const source = {
    kind: 'file',
    path,
    key: place,
    line,
    ...(untrusted === undefined ? {} : { untrusted }),
  } as const;
  if (typeof value === 'boolean') return { value, source };
  const named = value.flatMap((part) => (part.kind === 'variable' ? [part.variable] : []));
  const values = value.map((part) => {
    // Output may go to a log that the author of the file can read.
    const held = untrusted === undefined ? host.env : {};
    const text = part.kind === 'text' ? part.text : held[part.variable];
    return text ? shown(setting, text, host) : null;
  });
  return {
    value:
      setting.kind.form === 'list' && !(setting.kind.entry && values.length === 1)
        ? values
        : (values[0] ?? null),
    source: named.length > 0 ? { ...source, variables: named } : source,
  };
}

function shown({ kind }: Setting, typed: string, host: Host): string {
  if (kind.form === 'switch') return typed;
  const item = kind.form === 'text' ? kind : kind.item;
  const text = item.shown?.(typed) ?? typed;
  return item.mapPath?.(text, (path) => expandHome(path, host)) ?? text;
}
