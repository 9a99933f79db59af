import { normalContact } from './event-key.js';

/** A shorter identifier that is no e-mail address may be any word or number of a text. */
const minMentionLength = 10;
/** Splits a text into words in which an identifier can stand. */
const words = /[^\s"<>(){}[\],;:=&?/\\|#!*^`~]+/g;
const isWord = /^(?!['.+])[^\s"<>(){}[\],;:=&?/\\|#!*^`~]+(?<!['.-])$/;
/** A telephone number with punctuation. */
const phones = /\+\d[\d\s().-]+\d/g;
/** Identifiers up to this number are searched for one by one, which is quicker than word by word. */
const maxSearched = 20;
/** Levels of escapes within a text: JSON in a form in JSON. */
const maxLayers = 3;

/**
 * Identifiers of contacts in the form of `normalContact`. They match whole values and whole words, never
 * parts: `asha@example.com` does not match `asha@example.com.au`.
 */
export class ContactIds {
  readonly #anywhere = new Set<string>();
  /** Short ones that another identifier of the same panel led to. Another panel may use them for others. */
  readonly #inPanel = new Set<string>();
  /** All identifiers, and those of them that are not one word. */
  readonly #texts = new Set<string>();
  readonly #phrases = new Set<string>();

  constructor(ids: Iterable<string> = []) {
    for (const id of ids) this.add(id);
  }

  get size(): number {
    return this.#anywhere.size + this.#inPanel.size;
  }

  /** In any panel. */
  add(id: string): void {
    const wanted = normalContact(id);
    if (wanted === '') return;
    this.#anywhere.add(wanted);
    this.#remember(wanted);
  }

  /** An identifier that stands beside another one of the contact in an event of this panel. */
  addLinked({ panel, id }: PanelId): void {
    if (isMentionable(id)) this.add(id);
    else {
      this.#inPanel.add(panelKey({ panel, id }));
      this.#remember(id);
    }
  }

  #remember(id: string): void {
    this.#texts.add(id);
    if (!isWord.test(id)) this.#phrases.add(id);
  }

  /** `id`: in the form of `normalContact`. */
  has({ panel, id }: PanelId): boolean {
    return this.#anywhere.has(id) || this.#inPanel.has(panelKey({ panel, id }));
  }

  /**
   * Whether a text contains one of the longer identifiers as a word, in any case of an e-mail address,
   * with the escapes of JSON and URLs. Short ones count only as values of fields that identify contacts.
   */
  isMentionedIn(text: string): boolean {
    return this.#stands(text, (id) => isMentionable(id) && this.#anywhere.has(id));
  }

  /** False for a text without any of the identifiers, in most cases. */
  mayConcern(text: string): boolean {
    return this.#stands(text, (id) => this.#texts.has(id));
  }

  #stands(text: string, isWanted: (id: string) => boolean): boolean {
    for (const layer of layersOf(text)) {
      if (this.#texts.size <= maxSearched && !this.#mayStandIn(layer)) continue;
      for (const [word] of layer.matchAll(words)) if (isWanted(idOf(word))) return true;
      for (const [phone] of layer.matchAll(phones)) if (isWanted(normalContact(phone))) return true;
      for (const phrase of this.#phrases) {
        if (isWanted(phrase) && holdsPhrase(layer, phrase)) return true;
      }
    }
    return false;
  }

  #mayStandIn(layer: string): boolean {
    if (layer.includes('+')) return true;
    const folded = layer.toLowerCase();
    for (const id of this.#texts) if (folded.includes(id.toLowerCase())) return true;
    return false;
  }
}

/** The identifier that a word of a text may be. */
function idOf(word: string): string {
  const trimmed = word.replace(/^['.]+/, '').replace(/(?<!['.-])['.-]+$/, '');
  if (trimmed.includes('@')) return trimmed.toLowerCase();
  return trimmed.startsWith('+') ? trimmed.slice(1) : trimmed;
}

/** An identifier, in the form of `normalContact`, as an event of this panel has it. */
export interface PanelId {
  readonly panel: string;
  readonly id: string;
}

/** A name for an identifier that is equal where it means the same contact. */
export function panelKey({ panel, id }: PanelId): string {
  return isMentionable(id) ? id : `${panel}\n${id}`;
}

function isMentionable(id: string): boolean {
  return id.includes('@') || id.length >= minMentionLength;
}

/** Yields a text, then the text without its escapes, as long as there are any. */
function* layersOf(text: string): Generator<string> {
  let layer = text;
  for (let depth = 0; depth <= maxLayers; depth += 1) {
    yield layer;
    const inner = withoutEscapes(layer);
    if (inner === layer) return;
    layer = inner;
  }
}

const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function withoutEscapes(text: string): string {
  const unescaped = text.includes('\\')
    ? text.replace(/\\(?:u([\da-f]{4})|(.))/gi, (_, hex: string | undefined, character: string) =>
        hex === undefined
          ? (controls[character] ?? character)
          : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
  return unescaped.includes('%') ? unescaped.replace(/(?:%[\da-f]{2})+/gi, decoded) : unescaped;
}

/** Invalid UTF-8 is kept as far as possible. */
function decoded(escapes: string): string {
  const bytes = escapes
    .slice(1)
    .split('%')
    .map((hex) => Number.parseInt(hex, 16));
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Whether a phrase stands in a text, not within a longer word. */
function holdsPhrase(text: string, phrase: string): boolean {
  const folded = phrase.includes('@') ? text.toLowerCase() : text;
  for (let at = folded.indexOf(phrase); at !== -1; at = folded.indexOf(phrase, at + 1)) {
    const [before = ' ', after = ' '] = [folded[at - 1], folded[at + phrase.length]];
    if (!/[\p{L}\p{N}_@]/u.test(before + after)) return true;
  }
  return false;
}
