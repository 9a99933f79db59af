import { formEncoded } from '../form-codec.js';
import type { Word } from './shell-words.js';

export type CommandBody =
  | {
      /** A whole body, or the unencoded value of its field `data`. */
      readonly kind: 'body' | 'value';
      readonly text: string;
      readonly detail: string;
      readonly start: number;
      readonly end: number;
      readonly open: string | undefined;
      /** The program would not send it from this position. */
      readonly unsent: boolean;
    }
  /** The body is in a file; `-` is stdin. */
  | { readonly kind: 'elsewhere'; readonly file: string };

type Sent = Extract<CommandBody, { readonly kind: 'body' | 'value' }>;

/** An option's name and value, and the word that holds the value. */
interface Given {
  readonly name: string;
  readonly value: string;
  readonly word: Word;
}

const curlLetters: Readonly<Record<string, string>> = {
  d: '--data',
  F: '--form',
  H: '--header',
  X: '--request',
};
/** curl's short options that take a value; the others are switches. */
const curlTaking = 'dFHXuAebcommwKETxyYzCQrtPU';
const curlLong =
  /^--(?:data(?:-raw|-binary|-ascii|-urlencode)?|json|form(?:-string)?|header|request|url|user|user-agent|referer|cookie|cookie-jar|output|max-time|connect-timeout|proxy|cert|key|cacert|write-out|retry|resolve|interface|oauth2-bearer)$/;

export function curlBodies(words: readonly Word[]): CommandBody[] {
  const { given, bare } = curlOptions(words);
  const bodies: CommandBody[] = [];
  const parts: Given[] = [];
  for (const option of given) {
    const kind = option.name.replace(/^--/, '');
    if (kind === 'form' || kind === 'form-string')
      bodies.push(...formPart(option, kind === 'form'));
    else if (kind === 'data-urlencode') bodies.push(...urlEncoded(option, parts));
    else if (/^(?:data|json)/.test(kind)) {
      const file = /^@(.+)/s.exec(option.value)?.[1];
      if (file !== undefined && kind !== 'data-raw') bodies.push({ kind: 'elsewhere', file });
      else parts.push(option);
    }
  }
  if (parts.length > 0) bodies.unshift(joinedParts(parts));
  if (bodies.length > 0) return bodies;
  return bare
    .filter((word) => word.text.startsWith('data='))
    .map((word) => ({
      ...sent('body', word.text, word, 'curl, a word of its own'),
      unsent: true,
    }));
}

/** curl joins several `-d` with "&". */
function joinedParts(parts: readonly Given[]): Sent {
  const [first] = parts as readonly [Given, ...Given[]];
  const text = parts.map(({ value }) => value).join('&');
  const names = [...new Set(parts.map(({ name }) => name))].join(' and ');
  const open = parts.find(({ word }) => word.open)?.word.open;
  return { ...sent('body', text, first.word, `curl ${names}`), open };
}

function curlOptions(words: readonly Word[]): { given: Given[]; bare: Word[] } {
  const given: Given[] = [];
  const bare: Word[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as Word;
    const text = word.text.replace(/^–(?=\w)/, '-').replace(/^(?:—|––|-–|–-)-?(?=\w)/, '--');
    const next = words[at + 1];
    if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = equals === -1 ? text : text.slice(0, equals);
      if (!curlLong.test(name)) continue;
      if (equals !== -1) given.push({ name, value: text.slice(equals + 1), word });
      else if (next) given.push({ name, value: next.text, word: next });
      if (equals === -1) at += 1;
    } else if (/^-\w/.test(text)) {
      // A longer word is not a cluster of options.
      const index = [...text.slice(0, 100)].findIndex(
        (letter, at) => at > 0 && curlTaking.includes(letter),
      );
      if (index === -1) continue;
      const letter = text.charAt(index);
      const name = curlLetters[letter] ?? `-${letter}`;
      const glued = text.slice(index + 1);
      if (glued !== '') given.push({ name, value: glued, word });
      else if (next) given.push({ name, value: next.text, word: next });
      if (glued === '') at += 1;
    } else bare.push(word);
  }
  return { given, bare };
}

/** `name=content`, `=content`, `content`, `name@file`, `@file`. */
function urlEncoded(option: Given, parts: Given[]): CommandBody[] {
  const { value, word } = option;
  const equals = value.indexOf('=');
  const file = /^([\w.-]{0,60})@(.+)$/s.exec(value);
  if (file?.[2] !== undefined && (equals === -1 || equals > (file[1] ?? '').length)) {
    return [{ kind: 'elsewhere', file: file[2] }];
  }
  const name = equals === -1 ? '' : value.slice(0, equals);
  if (name === 'data') {
    return [sent('value', value.slice(equals + 1), word, 'curl --data-urlencode')];
  }
  const content = formEncoded(value.slice(equals + 1));
  parts.push({ ...option, value: name ? `${name}=${content}` : content });
  return [];
}

function formPart(option: Given, filesAllowed: boolean): CommandBody[] {
  const match = /^data=([\s\S]*)$/.exec(option.value);
  const value = match?.[1];
  if (value === undefined) return [];
  const file = filesAllowed ? /^[@<](.+)/s.exec(value)?.[1] : undefined;
  if (file !== undefined) return [{ kind: 'elsewhere', file }];
  const plain = filesAllowed ? value.replace(/;(?:type|filename|encoder)=[^;"}\]]*$/, '') : value;
  return [sent('value', plain, option.word, `curl ${option.name}`)];
}

/** HTTPie encodes values itself: `data=text`, `data:=json`. */
export function httpieBodies(words: readonly Word[]): CommandBody[] {
  return words.flatMap((word, index): CommandBody[] => {
    if (words[index - 1]?.text === '--raw') return [];
    const match = /^data(:?=)(?!=)([\s\S]*)$/.exec(word.text);
    if (match) {
      const value = match[2] ?? '';
      return value.startsWith('@')
        ? [{ kind: 'elsewhere', file: value.slice(1) }]
        : [sent('value', value, word, 'HTTPie')];
    }
    const raw = /^--raw(?:=([\s\S]*))?$/.exec(word.text);
    const value = raw?.[1] ?? (raw ? words[index + 1]?.text : undefined);
    if (value !== undefined) return [sent('body', value, word, 'HTTPie --raw')];
    return word.text.startsWith('@') && word.text.length > 1
      ? [{ kind: 'elsewhere', file: word.text.slice(1) }]
      : [];
  });
}

export function wgetBodies(words: readonly Word[]): CommandBody[] {
  return words.flatMap((word, index): CommandBody[] => {
    const match = /^--(post|body)-(data|file)(?:=([\s\S]*))?$/.exec(word.text);
    if (!match) return [];
    const value = match[3] ?? words[index + 1]?.text ?? '';
    return match[2] === 'file'
      ? [{ kind: 'elsewhere', file: value }]
      : [sent('body', value, word, 'wget')];
  });
}

/** `-Body 'data=…'` or `-Body @{ data = '…' }`. */
export function powershellBodies(words: readonly Word[]): CommandBody[] {
  const at = words.findIndex((word) => /^-b(?:ody)?$/i.test(word.text));
  const body = words[at + 1];
  if (at === -1 || body === undefined) {
    const file = words[words.findIndex((word) => /^-infile$/i.test(word.text)) + 1];
    return file && words.some((word) => /^-infile$/i.test(word.text))
      ? [{ kind: 'elsewhere', file: file.text }]
      : [];
  }
  if (!body.text.startsWith('@')) {
    return body.text.startsWith('$') ? [] : [sent('body', body.text, body, 'PowerShell -Body')];
  }
  for (let index = at + 1; index < words.length; index += 1) {
    const word = words[index] as Word;
    const match = /(?:^|[@{;"'])data["']?(?:=([\s\S]*))?$/i.exec(word.text);
    if (!match) continue;
    const value = [match[1], ...words.slice(index + 1, index + 3).map(({ text }) => text)].find(
      (text) => text !== undefined && text !== '' && text !== '=',
    );
    if (value === undefined) return [];
    return [
      sent('value', value.replace(/^=/, '').replace(/\}$/, closesValue), word, 'PowerShell -Body'),
    ];
  }
  return [];
}

/** The brace that ends the table may be part of the last word; JSON has braces of its own. */
function closesValue(brace: string, offset: number, text: string): string {
  const count = (character: string) => text.split(character).length;
  return count('}') > count('{') && offset === text.length - 1 ? '' : brace;
}

function sent(kind: 'body' | 'value', text: string, word: Word, detail: string): Sent {
  // The value is at the end of its word, before the closing quote.
  const start = Math.max(word.start, word.end - text.length - 1);
  return { kind, text, detail, start, end: word.end, open: word.open, unsent: false };
}
