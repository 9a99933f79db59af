import type { ComponentChildren } from 'preact';
import { eachInvisible, escapeCharacter, invisible } from '../../payload/invisible-characters.js';
import { isJoiner } from './joiners.js';

/**
 * Text that came with a call, as text: never markup, its direction kept to itself, and characters
 * that show nothing or turn others around shown as what they are. Of a very long text the beginning,
 * `most` characters.
 */
export function Untrusted({ text, most = 400 }: { readonly text: string; readonly most?: number }) {
  return <bdi>{shownText(text.length > most ? `${text.slice(0, most)}…` : text)}</bdi>;
}

/** The same without cutting, for text of several lines: line feeds and tabs stay. */
export function shownText(text: string): ComponentChildren {
  if (!invisible.test(text)) return text;
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(eachInvisible)) {
    const [character] = match;
    if (character === '\n' || character === '\t' || isJoiner(text, match.index)) continue;
    parts.push(
      text.slice(end, match.index),
      <span class="escape">{escapeCharacter(character)}</span>,
    );
    end = match.index + character.length;
  }
  parts.push(text.slice(end));
  return parts;
}
