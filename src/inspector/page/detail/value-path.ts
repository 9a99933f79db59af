/** Keys and places from the payload inwards: panel, number of the event, and so on. */
export type ValuePath = readonly (string | number)[];

/** As RFC 9535 writes it: `$.netcore_hook_test[0].event_params.email`. */
export function jsonPath(path: ValuePath): string {
  return `$${path.map(segment).join('')}`;
}

function segment(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(key) ? `.${key}` : `[${quotedName(key)}]`;
}

function quotedName(key: string): string {
  return `'${JSON.stringify(key).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/**
 * The option that gives a value to the same place of other events, as a word for the shell:
 * `--set event_params.email=asha@example.com`. Undefined for what lies outside of an event, for
 * paths that the option cannot name, and for values too long for a command line.
 */
export function setOption(path: ValuePath, json: string): string | undefined {
  const inside = path.slice(2).map(String);
  if (inside.length === 0 || !inside.every(canBeNamed)) return undefined;
  const value = json.startsWith('"') ? `=${JSON.parse(json)}` : valueAsJson(json);
  if (value.length > maxValue || value.includes('\0')) return undefined;
  const written = inside.map((key) => key.replaceAll('.', '\\.')).join('.');
  return `--set ${shellWord(`${written}${value}`)}`;
}

const maxValue = 10_000;

/** A number and `true` stay what they are when the value they replace is one; the rest brings its type. */
function valueAsJson(json: string): string {
  return json === 'null' || json.startsWith('{') || json.startsWith('[') ? `:=${json}` : `=${json}`;
}

/** Empty keys, and those with a character that the option reads otherwise, cannot be written. */
function canBeNamed(key: string): boolean {
  return key !== '' && !/[=\\]|\[\d+\]|:$/.test(key) && !refused.has(key);
}

const refused = new Set(['__proto__', 'constructor', 'prototype']);

function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
