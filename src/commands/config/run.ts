import type { CommandContext, CommandDefinition, CommandInput } from '../../cli/command.js';
import { reporter } from '../../cli/reporter.js';
import { environmentPresets } from '../../cli/setting.js';
import { profileEntries } from '../../cli/settings/apply-project-file.js';
import type { Entry } from '../../cli/settings/entry.js';
import { readProjectFile } from '../../cli/settings/project-file.js';
import { settingsSchema } from '../../cli/settings/schema.js';
import { exampleOf, type SettingDefinition, settings } from '../../cli/settings/settings.js';
import { JsonText } from '../../output/json-text.js';
import type { SettingNotice } from '../../output/notice.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { storeFiles } from '../../store/folder.js';
import { type ConfigCommandNotice, createConfigView } from './view.js';

/** Tells of each setting what counts now and who says so, or prints the schema of the project file. */
export async function runConfig(
  input: CommandInput,
  context: CommandContext,
  commands: readonly CommandDefinition[],
): Promise<number> {
  const emit = reporter<ConfigCommandNotice>(context, await createConfigView(context));
  const [command] = input.words;
  if (input.options.schema === true) {
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
  const chosen = command === undefined ? settings : takenBy(command, commands);
  const { projectFile, profile, given } = context.global;
  const file = projectFile === undefined ? undefined : readProjectFile(projectFile);
  const entryOf = file ? profileEntries(file, given.profile) : () => undefined;
  emit({
    type: 'config',
    file: file?.path ?? null,
    profile,
    profile_from: given.profile?.name ?? null,
    profiles: file?.profiles ?? [],
  });
  for (const definition of chosen) emit(settingNotice(definition, entryOf, context));
  return exitCodes.done.code;
}

function takenBy(
  command: string,
  commands: readonly CommandDefinition[],
): readonly SettingDefinition[] {
  const own = settings.filter((setting) =>
    setting.commands.some((taker) => taker.split(' ', 1)[0] === command),
  );
  if (own.length > 0) return own;
  const names = commands.map(({ name }) => name);
  const meant = names.includes(command) ? undefined : nearest(command, names);
  throw problem('usage', {
    message: `No setting of the project file is for "${command}".`,
    hint: meant ? `Did you mean "${meant}"?` : 'Leave it out to see every setting.',
  });
}

function settingNotice(
  definition: SettingDefinition,
  entryOf: (key: string) => Entry | undefined,
  context: CommandContext,
): SettingNotice {
  const { key, flag, variable = null, says } = definition;
  const example = new JsonText(exampleOf(definition));
  const about = { flag, variable, commands: definition.commands, example, says };
  return { type: 'setting', key, ...currentValue(definition, entryOf, context), ...about };
}

function currentValue(
  definition: SettingDefinition,
  entryOf: (key: string) => Entry | undefined,
  { host, global }: CommandContext,
): Pick<SettingNotice, 'value' | 'source'> {
  const { key, variable, standard = null } = definition;
  const { store } = global.given;
  const preset = variable && environmentPresets(host.env)(variable)[0];
  const entry = entryOf(key);
  if (key === 'store' && (store || !entry)) {
    const value = storeFiles(host, { ...global, store: store?.value }).folder;
    if (!store) return { value, source: { kind: 'default' } };
    const kind = store.name === variable ? 'variable' : 'flag';
    return { value, source: { kind, name: store.name } };
  }
  if (preset) {
    const value = shown(definition, preset.value);
    return { value, source: { kind: 'variable', name: preset.name } };
  }
  if (!entry) return { value: standard, source: { kind: 'default' } };
  const { path, key: place, line, value } = entry;
  const source = { kind: 'file', path, key: place, line } as const;
  if (typeof value === 'boolean') return { value, source };
  const named = value.flatMap((part) => (part.kind === 'variable' ? [part.variable] : []));
  const values = value.map((part) => {
    const text = part.kind === 'text' ? part.text : host.env[part.variable];
    return text ? shown(definition, text) : null;
  });
  return {
    value: definition.kind.form === 'list' ? values : (values[0] ?? null),
    source: named.length > 0 ? { ...source, variables: named } : source,
  };
}

function shown({ kind }: SettingDefinition, typed: string): string {
  const text = kind.form === 'list' ? kind.item : kind;
  return (text.form === 'text' && text.shown?.(typed)) || typed;
}
