import type { ComponentChildren } from 'preact';
import { eachInvisible, escapeCharacter, invisible } from '../../payload/invisible-characters.js';
import { isJoiner } from './joiners.js';

/**
 * Renders untrusted text: never as markup, isolated in direction, with invisible and bidirectional
 * characters escaped, at most `max` characters.
 */
export function Untrusted({ text, max = 400 }: { readonly text: string; readonly max?: number }) {
  return <bdi>{shownText(text.length > max ? `${text.slice(0, max)}…` : text)}</bdi>;
}

/** Renders several lines of any length: keeps line feeds and tabs. */
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
