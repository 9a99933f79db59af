import { layered, part, peeled, replaced, type Source } from './source.js';

/** Removes the colour codes of terminal output. */
export function peelTerminalCodes(source: Source): Source {
  if (!source.text.includes('\x1b[')) return source;
  const { text, before } = replaced(source.text, /\x1b\[[\d;?]{0,30}[A-Za-z]/g, () => '');
  return peeled(source, text, { name: 'terminal_codes', detail: 'colours' }, before);
}

/** Restores addresses that Slack turned into links: `<mailto:a@example.com|a@example.com>`. */
export function peelChatLinks(source: Source): Source {
  if (!source.text.includes('<mailto:')) return source;
  const { text, before } = replaced(source.text, mailLink, (match) =>
    match.slice(match.indexOf('|') + 1, -1),
  );
  if (text === source.text) return source;
  return peeled(source, text, { name: 'chat_links', detail: 'links of a chat' }, before);
}

const mailLink = /<mailto:([^<>|\s]{1,320})\|\1>/g;

/** Removes a code fence, or the prefixes of all lines (`> `, `web_1 | `). */
export function peelDecoration(source: Source): Source | undefined {
  return peelFence(source) ?? peelLineMarks(source);
}

function peelFence(source: Source): Source | undefined {
  if (source.layers.some(({ name }) => name === 'code_fence')) return undefined;
  const start = /^(?:```|~~~)[^\n]{0,60}\n/.exec(source.text)?.[0];
  if (start === undefined) return undefined;
  const close = source.text.lastIndexOf(`\n${start.slice(0, 3)}`);
  const inner = part(source, start.length, close < start.length ? source.text.length : close);
  return layered(inner, { name: 'code_fence', detail: 'a code fence' });
}

function peelLineMarks(source: Source): Source | undefined {
  const mark = /^(?:>|[\w.-]{1,40} {0,20}\|) ?/.exec(source.text)?.[0];
  if (mark === undefined || !source.text.includes('\n')) return undefined;
  if (source.layers.filter(({ name }) => name === 'wrapped_lines').length > 2) return undefined;
  const sign = mark.trim();
  const marked = new RegExp(`^${escapedForRegExp(sign)} ?`, 'gm');
  const { text, before } = replaced(source.text, marked, () => '');
  return peeled(source, text, { name: 'wrapped_lines', detail: `${sign} before lines` }, before);
}

function escapedForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const tags = 'tags';

/** Removes HTML tags around text. */
export function peelTags(source: Source): Source | undefined {
  if (!/^<[a-z!]/i.test(source.text)) return undefined;
  // Removing tags may reveal new ones; real pastes have few levels.
  if (source.layers.filter(({ detail }) => detail === tags).length > 2) return undefined;
  const tag = /<\/?[a-z][^<>]{0,1000}>|<!--|-->|<![^<>]{0,200}>/gi;
  const { text, before } = replaced(source.text, tag, () => '');
  if (text.trim() === '') return undefined;
  return peeled(source, text, { name: 'html', detail: tags }, before);
}
