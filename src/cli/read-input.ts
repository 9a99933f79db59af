import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Host } from '../host.js';
import { jsonLine } from '../output/json-line.js';
import { visible } from '../output/safe.js';
import { nearest } from '../problems/nearest.js';
import { Problem } from '../problems/problem.js';
import type { CommandBody, CommandContext, CommandInput, GlobalOptions } from './command.js';
import { config, profile, store } from './options/everywhere.js';
import { findProjectFile, findUserFile } from './options/find-project-file.js';
import { flagOf, rowsOf } from './options/option.js';
import { type Origin, readOptions, type SettingsSource } from './options/read-options.js';

interface Read {
  readonly input: CommandInput<never>;
  readonly context: CommandContext;
  /** Rewrites a problem of an untyped option to name its place in a file. */
  readonly blame: (error: unknown) => unknown;
}

/** Resolves a command's input from options, environment and settings files. */
export async function readInput(
  body: CommandBody,
  command: Command,
  program: Command,
  host: Host,
): Promise<Read> {
  const rows = rowsOf(body.options);
  const takesSettings = rows.some(([, { key }]) => key !== undefined);
  const { global, files } = await readGlobal(typedOn(program), host, {
    settings: takesSettings,
    store: body.usesStore,
  });
  const read = readOptions(rows, { typed: typedOn(command), env: host.env, host, files });
  const options = {};
  for (const [attribute, { value }] of read) {
    Object.defineProperty(options, attribute, { enumerable: true, get: value });
  }
  const from = (attribute: string): Origin => {
    const found = read.get(attribute);
    if (!found) throw new Error(`There is no option ${attribute}.`);
    return found.origin;
  };
  const blame = (error: unknown) => {
    const flag = error instanceof Problem ? /^--[a-z-]+/.exec(error.message)?.[0] : undefined;
    const [attribute] = rows.find(([, row]) => flagOf(row) === flag) ?? [];
    const origin = attribute === undefined ? undefined : from(attribute);
    if (!(error instanceof Problem) || origin?.kind !== 'file') return error;
    const message = error.message.replace(String(flag), () => origin.name);
    const { code, hint, exit, cause, excerpt } = error;
    return new Problem(code, message, hint, exit, { cause }, excerpt);
  };
  await warnOfVariables(host, global);
  const input = { words: command.args, options, from };
  return { input: input as unknown as CommandInput<never>, context: { host, global }, blame };
}

/** The typed options only: commander adds defaults for `--no-…` switches. */
function typedOn(command: Command): Readonly<Record<string, unknown>> {
  const names = command.options.map((option) => option.attributeName());
  const typed = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(typed.map((name) => [name, command.getOptionValue(name)]));
}

/**
 * Resolves the shared options. Reads settings files only for commands that use their settings, so
 * that a faulty file does not break the others.
 */
export async function readGlobal(
  typed: Readonly<Record<string, unknown>>,
  host: Host,
  takes: { readonly settings: boolean; readonly store: boolean },
): Promise<{ readonly global: GlobalOptions; readonly files: SettingsSource | undefined }> {
  const { env } = host;
  const none = typed.config === false;
  const named = readOptions(
    [
      ['profile', profile],
      ['config', config],
    ],
    { typed: none ? { ...typed, config: undefined } : typed, env, host },
  );
  const chosen = named.get('profile');
  const chosenProfile = textOf(chosen?.value());
  const file = named.get('config')?.value();
  const projectFile = none
    ? undefined
    : typeof file === 'string'
      ? resolve(host.cwd, file)
      : findProjectFile(host);
  const settingsFiles = [projectFile, none ? undefined : findUserFile(host)].filter(
    (path) => path !== undefined,
  );
  let files: SettingsSource | undefined;
  if (settingsFiles.length > 0 && (takes.settings || takes.store)) {
    const { readSettingsFiles } = await import('./options/files.js');
    const asked =
      chosenProfile === undefined
        ? undefined
        : { name: chosen?.origin.name ?? '', value: chosenProfile };
    files = readSettingsFiles(settingsFiles, asked);
  }
  const kept = readOptions([['store', store]], {
    typed,
    env,
    host,
    files: takes.store ? files : undefined,
  }).get('store');
  const defaultOrigin: Origin = { kind: 'default', name: '' };
  return {
    files,
    global: {
      json: typed.json === true,
      quiet: typed.quiet === true,
      verbose: typed.verbose === true || Boolean(env.NETCORE_HOOK_DEBUG),
      color: typed.color !== false,
      store: textOf(kept?.value()),
      profile: chosenProfile ?? 'default',
      from: { store: kept?.origin ?? defaultOrigin, profile: chosen?.origin ?? defaultOrigin },
      settingsFiles,
      projectFile,
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Warns about variables with a misspelled name. */
async function warnOfVariables({ env, stderr }: Host, global: GlobalOptions): Promise<void> {
  const prefix = 'NETCORE_HOOK_';
  const given = Object.keys(env).filter((name) => name.startsWith(prefix));
  if (given.length === 0 || global.quiet) return;
  const { variables } = await import('./options/settings.js');
  const words = variables.map((name) => name.slice(prefix.length));
  for (const name of given) {
    const suggestion = variables.includes(name)
      ? undefined
      : nearest(name.slice(prefix.length), words);
    if (suggestion === undefined) continue;
    const message = `The environment variable ${visible(name)} is ignored. Did you mean ${prefix}${suggestion}?`;
    const notice = { type: 'warning', code: 'variable_unknown', message };
    stderr.write(global.json ? jsonLine(notice) : `warning  ${message}\n`);
  }
}
