import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Host } from '../host.js';
import { wrapped } from '../output/columns.js';
import { jsonLine } from '../output/json-line.js';
import { visible } from '../output/safe.js';
import { nearest } from '../problems/nearest.js';
import { Problem } from '../problems/problem.js';
import type { CommandBody, CommandContext, CommandInput, GlobalOptions } from './command.js';
import { config, profile, store } from './options/everywhere.js';
import type { SettingsFiles } from './options/files.js';
import { findProjectFile, findUserFile } from './options/find-project-file.js';
import { activityFilter, channelFilter, type Kind } from './options/kinds.js';
import { flagOf, rowsOf } from './options/option.js';
import { type Origin, readOptions } from './options/read-options.js';

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
  const { global, read } = await readGlobal(typedOn(program), host, {
    rows,
    typed: typedOn(command),
    store: body.usesStore,
  });
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
  await warnOfFilters(rows, read, host, global);
  const input = { words: command.args, options, from };
  return { input: input as unknown as CommandInput<never>, context: { host, global }, blame };
}

/** The typed options only: commander adds defaults for `--no-…` switches. */
function typedOn(command: Command): Readonly<Record<string, unknown>> {
  const names = command.options.map((option) => option.attributeName());
  const typed = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(typed.map((name) => [name, command.getOptionValue(name)]));
}

/** What a command takes of the settings. */
interface Taken {
  readonly rows: Parameters<typeof readOptions>[0];
  readonly typed: Readonly<Record<string, unknown>>;
  readonly store: boolean;
  /** Never asks the user to trust a project file. */
  readonly silent?: boolean;
}

/**
 * Resolves the shared options and those of a command. Reads settings files only for commands that
 * use their settings, so that a faulty file does not break the others.
 */
export async function readGlobal(
  typed: Readonly<Record<string, unknown>>,
  host: Host,
  takes: Taken,
): Promise<{
  readonly global: GlobalOptions;
  readonly read: ReturnType<typeof readOptions>;
}> {
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
  const file = none ? undefined : textOf(named.get('config')?.value());
  const foundFile = none || file !== undefined ? undefined : findProjectFile(host);
  const projectFile = file === undefined ? foundFile : resolve(host.cwd, file);
  const settingsFiles = [projectFile, none ? undefined : findUserFile(host)].filter(
    (path) => path !== undefined,
  );
  let files: SettingsFiles | undefined;
  const takesSettings = takes.store || takes.rows.some(([, { key }]) => key !== undefined);
  if (settingsFiles.length > 0 && takesSettings) {
    const { readSettingsFiles } = await import('./options/files.js');
    const asked =
      chosenProfile === undefined
        ? undefined
        : { name: chosen?.origin.name ?? '', value: chosenProfile };
    files = readSettingsFiles(settingsFiles, asked, foundFile);
  }
  const kept = readOptions([['store', store]], {
    typed,
    env,
    host,
    files: takes.store ? files : undefined,
  }).get('store');
  const read = readOptions(takes.rows, { typed: takes.typed, env, host, files });
  const defaultOrigin: Origin = { kind: 'default', name: '' };
  const global = {
    json: typed.json === true,
    quiet: typed.quiet === true,
    verbose: typed.verbose === true || Boolean(env.NETCORE_HOOK_DEBUG),
    color: typed.color !== false,
    store: undefined,
    profile: chosenProfile ?? 'default',
    from: { store: kept?.origin ?? defaultOrigin, profile: chosen?.origin ?? defaultOrigin },
    settingsFiles,
    projectFile,
    foundFile,
  };
  const origins = [...(kept ? [kept] : []), ...read.values()].map(({ origin }) => origin);
  const isUntrusted = (origin: Origin) => origin.kind === 'file' && origin.untrusted !== undefined;
  if (files?.found && origins.some(isUntrusted)) {
    const { isTrustedProject } = await import('./trust-project.js');
    const context = takes.silent ? undefined : { host, global };
    if (await isTrustedProject(files.found, origins, host, context)) files.trust();
  }
  return { read, global: { ...global, store: textOf(kept?.value()) } };
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
    warn('variable_unknown', message, stderr, global);
  }
}

/** Warns about unknown channels and activities in filters, which also match. */
async function warnOfFilters(
  rows: ReturnType<typeof rowsOf>,
  read: ReturnType<typeof readOptions>,
  { stderr }: Host,
  global: GlobalOptions,
): Promise<void> {
  if (global.quiet) return;
  const namesOf = (kind: Kind, attribute: string | undefined) => {
    const [found] =
      rows.find(([name, row]) => name === attribute && isListOf(row.kind, kind)) ?? [];
    return found === undefined ? [] : (read.get(found)?.value() as string[]);
  };
  for (const [channel, event] of [
    ['channel', 'event'],
    ['forwardChannel', 'forwardEvent'],
  ]) {
    const chosen = {
      channel: namesOf(channelFilter, channel),
      event: namesOf(activityFilter, event),
    };
    if (chosen.channel.length + chosen.event.length === 0) continue;
    const { filterWarnings } = await import('./event-filter.js');
    for (const message of filterWarnings(chosen)) warn('filter_unknown', message, stderr, global);
  }
}

function isListOf(kind: Kind, item: Kind): boolean {
  return kind.form === 'list' && kind.item === item;
}

function warn(
  code: string,
  message: string,
  stderr: Host['stderr'],
  { json }: GlobalOptions,
): void {
  const notice = { type: 'warning', code, message };
  stderr.write(json ? jsonLine(notice) : wrapped(`warning  ${visible(message)}\n`, stderr));
}
