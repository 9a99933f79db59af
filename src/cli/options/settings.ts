import * as calling from './calling.js';
import * as everywhere from './everywhere.js';
import { listenOptions } from './listening.js';
import { isUsuallyOn, type OptionRow, rowsOf } from './option.js';
import { testEndpointOptions } from './proving.js';
import { sendOptions } from './sending.js';

/** An option that may stand in the project file. */
export type Setting = OptionRow & { readonly key: string };

/** Every setting of the project file, in the order in which people are told. */
export const settings: readonly Setting[] = distinct([
  everywhere.store,
  calling.to,
  calling.auth,
  ...[sendOptions, testEndpointOptions, listenOptions].flatMap((groups) =>
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

/** Every variable that is read, but for those of the tests. */
export const variables: readonly string[] = [
  ...settings.flatMap(({ variable }) => variable ?? []),
  everywhere.profile.variable,
  everywhere.config.variable,
  'NETCORE_HOOK_DEBUG',
];

/** What only a person may say, each time anew, and why. */
export const typedOnly: Readonly<Record<string, string>> = {
  alertCommand: 'it runs a command',
  tunnel: 'it runs a program that lets the internet in',
  yes: 'it answers a question before it is asked',
  insecure: 'it believes any TLS certificate',
  unprotected: 'it lets everybody in',
};

/** What the documents call the value that counts when nobody says anything. */
export function standardOf(setting: Setting): string | number | boolean | undefined {
  const { kind, standard } = setting;
  if (kind.form === 'switch') return isUsuallyOn(setting);
  return kind.form === 'text' && kind.json === 'number' && standard !== undefined
    ? Number(standard)
    : (standard ?? numeric(setting));
}

/** A number that depends, like a port which is another one where there are several. */
function numeric({ kind, otherwise }: Setting): number | undefined {
  const isNumber = kind.form === 'text' && kind.json === 'number';
  return isNumber && otherwise !== undefined ? Number(otherwise) : undefined;
}

/** How the project file writes a setting, as JSON: as it is by default, but a switch as it is not. */
export function exampleOf(setting: Setting): string {
  const { kind } = setting;
  const standard = standardOf(setting);
  if (kind.form === 'switch') return String(standard !== true);
  if (standard !== undefined) return JSON.stringify(standard);
  return kind.form === 'list' ? `[${kind.item.example}]` : textKindOf(kind).example;
}

function textKindOf(kind: Exclude<OptionRow['kind'], { form: 'switch' }>) {
  return kind.form === 'text' ? kind : kind.item;
}

/** What the schema and the documents say of a setting. */
export function describe({ setting, says }: Setting): string {
  return setting ?? says;
}
