import * as calling from './calling.js';
import * as everywhere from './everywhere.js';
import { listenOptions } from './listening.js';
import { capitalized, isOnByDefault, type OptionRow, rowsOf } from './option.js';
import { testEndpointOptions } from './proving.js';
import { reconcileOptions } from './reconciling.js';
import { sendOptions } from './sending.js';

/** An option with a key in the project file. */
export type Setting = OptionRow & { readonly key: string };

/** Every setting of the project file, in display order. */
export const settings: readonly Setting[] = distinct([
  everywhere.store,
  calling.to,
  calling.auth,
  ...[sendOptions, listenOptions, testEndpointOptions, reconcileOptions].flatMap((groups) =>
    rowsOf(groups).map(([, row]) => row),
  ),
]);

function distinct(rows: readonly OptionRow[]): Setting[] {
  const byKey = new Map<string, Setting>();
  for (const row of rows) {
    const { key } = row;
    if (key !== undefined && !byKey.has(key)) byKey.set(key, { ...row, key });
  }
  return [...byKey.values()];
}

/** Every environment variable, except those of the tests. */
export const variables: readonly string[] = [
  ...settings.flatMap(({ variable }) => variable ?? []),
  everywhere.profile.variable,
  everywhere.config.variable,
  'NETCORE_HOOK_DEBUG',
];

/** Options that a project file must not set, with the reason. */
export const commandLineOnly: Readonly<Record<string, string>> = {
  alertCommand: 'it runs a command',
  tunnel: 'it opens this machine to the internet',
  yes: 'it skips a confirmation',
  insecure: 'it turns TLS verification off',
  unprotected: 'it turns authentication off',
};

/** The default as a JSON value; undefined without one. */
export function defaultOf(setting: Setting): string | number | boolean | undefined {
  const { kind, defaultNote } = setting;
  if (kind.form === 'switch') return isOnByDefault(setting);
  const isNumber = kind.form === 'text' && kind.json === 'number';
  const text = setting.default ?? (isNumber ? defaultNote : undefined);
  return isNumber && text !== undefined ? Number(text) : text;
}

/** An example for the project file, as JSON: the default, or for a switch the opposite of it. */
export function exampleOf(setting: Setting): string {
  const { kind } = setting;
  const value = defaultOf(setting);
  if (kind.form === 'switch') return String(value !== true);
  if (value !== undefined) return JSON.stringify(value);
  if (kind.form === 'list') return kind.entry ? kind.item.example : `[${kind.item.example}]`;
  return kind.form === 'text' ? kind.example : kind.item.example;
}

/** For the schema and the documents. */
export function describe({ setting, description }: Setting): string {
  return setting ?? `${capitalized(description)}.`;
}
