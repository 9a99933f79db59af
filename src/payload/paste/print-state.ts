/** The progress of reading a print. */
export interface PrintState {
  readonly text: string;
  at: number;
  level: number;
  /** The open structures, outermost first. */
  readonly open: Structure[];
  /** The starts of structures that are not prints. */
  readonly starts: number[];
  /** The program's mark for omitted content. */
  mark: string | undefined;
}

export function newPrintState(text: string, start: number): PrintState {
  return { text, at: start, level: 0, open: [], starts: [], mark: undefined };
}

interface Structure {
  readonly start: number;
  /**
   * The first distinctive token: `print` for syntax that JSON lacks, `json` for a key in JSON
   * syntax. For `json`, the reported problem is the JSON fault.
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

/** Sets the sign of every open structure without one; outer structures have theirs no later. */
export function see(state: PrintState, sign: 'print' | 'json'): void {
  for (let index = state.open.length - 1; index >= 0; index -= 1) {
    const structure = state.open[index];
    if (structure === undefined || structure.sign !== undefined) return;
    structure.sign = sign;
  }
}

/** Matches a sticky expression and moves past it. */
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
