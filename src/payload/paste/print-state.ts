/** How far the reading of a print has come. */
export interface PrintState {
  readonly text: string;
  at: number;
  level: number;
  /** The structures that are being read, outermost first. */
  readonly open: Structure[];
  /** Where the structures began that were read and are no prints. */
  readonly starts: number[];
  /** What the program wrote instead of something that it left out. */
  mark: string | undefined;
}

export function newPrintState(text: string, start: number): PrintState {
  return { text, at: start, level: 0, open: [], starts: [], mark: undefined };
}

interface Structure {
  readonly start: number;
  /**
   * What its first sign says: something that JSON does not have, or a key as JSON writes it. In the
   * second case it is JSON, and the problem to report is what is wrong in that.
   */
  sign: 'print' | 'json' | undefined;
}

export function enter(state: PrintState, start: number): void {
  state.open.push({ start, sign: undefined });
}

export function leave(state: PrintState): Structure['sign'] {
  const structure = state.open.pop();
  if (structure && structure.sign !== 'print') state.starts.push(structure.start);
  return structure?.sign;
}

/** A sign is the first one for every open structure that has none; outer ones see it no later. */
export function see(state: PrintState, sign: 'print' | 'json'): void {
  for (let index = state.open.length - 1; index >= 0; index -= 1) {
    const structure = state.open[index];
    if (structure === undefined || structure.sign !== undefined) return;
    structure.sign = sign;
  }
}

/** What a sticky expression matches next; that is passed. */
export function match(state: PrintState, expression: RegExp): RegExpExecArray | null {
  expression.lastIndex = state.at;
  const found = expression.exec(state.text);
  if (found) state.at = expression.lastIndex;
  return found;
}

export function skipBlanks(state: PrintState): void {
  const { text } = state;
  for (; state.at < text.length; state.at += 1) {
    const code = text.charCodeAt(state.at);
    if (code > 0x20 && code !== 0xa0) return;
  }
}
