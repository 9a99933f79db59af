/** Keys and indexes from the payload inwards: panel, index of the event, and so on. */
export type ValuePath = readonly (string | number)[];

/** In the syntax of RFC 9535: `$.netcore_hook_test[0].event_params.email`. */
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
 * The option that sets this value in other events, quoted for the shell: `--set
 * event_params.email=asha@example.com`. Undefined for a value outside an event, for a path that the
 * option cannot express, and for a value too long for a command line.
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

/** Numbers and booleans keep their type when they replace one; other types need `:=`. */
function valueAsJson(json: string): string {
  return json === 'null' || json.startsWith('{') || json.startsWith('[') ? `:=${json}` : `=${json}`;
}

/** Rejects empty keys, and keys with a character that the option interprets. */
function canBeNamed(key: string): boolean {
  return key !== '' && !/[=\\]|\[\d+\]|:$/.test(key) && !refused.has(key);
}

const refused = new Set(['__proto__', 'constructor', 'prototype']);

function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
