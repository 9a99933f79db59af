/** The content of a terminal. The text may hold colours, but no other control sequences. */
export interface Pane {
  readonly name: string;
  readonly text: string;
}

interface Picture {
  readonly title: string;
  readonly description: string;
  readonly panes: readonly Pane[];
}

/** Sizes in pixels: of a character, of the space around a terminal, and of its title bar. */
const glyph = { width: 8, height: 19, font: 13.3 };
const padding = 16;
const bar = 30;
const gap = 16;

/** The colours of output, in a light and a dark scheme. */
const colours = {
  page: ['#f6f8fa', '#0d1117'],
  line: ['#d1d9e0', '#3d444d'],
  text: ['#1f2328', '#f0f6fc'],
  faint: ['#59636e', '#9198a1'],
  red: ['#c4202f', '#ff7b72'],
  green: ['#116329', '#3fb950'],
  yellow: ['#7d4e00', '#d29922'],
  cyan: ['#0a5c7a', '#39c5cf'],
} as const;

/** Terminals below each other, as an SVG that follows the reader's colour scheme. */
export function terminalPicture({ title, description, panes }: Picture): string {
  const terminals = panes.map(({ name, text }) => ({ name, lines: text.split('\n').map(spans) }));
  const columns = Math.max(...terminals.flatMap(({ lines }) => lines.map(lengthOf)));
  const width = columns * glyph.width + 2 * padding;
  const parts: string[] = [];
  let top = 0;
  for (const { name, lines } of terminals) {
    const height = bar + lines.length * glyph.height + 2 * padding;
    parts.push(
      `<rect class="page" x=".5" y="${top + 0.5}" width="${width - 1}" height="${height - 1}" rx="8"/>`,
      `<path class="bar" d="M.5 ${top + bar}h${width - 1}"/>`,
      `<text class="faint" x="${padding}" y="${top + 20}">${escaped(name)}</text>`,
      ...lines.flatMap((line, row) => {
        const y = top + bar + padding + (row + 0.75) * glyph.height;
        return line.map((span) => textElement(span, y));
      }),
    );
    top += height + gap;
  }
  const height = top - gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${style()}</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function style(): string {
  const scheme = (index: 0 | 1) =>
    `:root{${Object.entries(colours)
      .map(([name, pair]) => `--${name}:${pair[index]}`)
      .join(';')}}`;
  const fonts = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";
  const classes = ['faint', 'red', 'green', 'yellow', 'cyan'].map(
    (name) => `.${name}{fill:var(--${name})}`,
  );
  return [
    scheme(0),
    `@media (prefers-color-scheme:dark){${scheme(1)}}`,
    `text{font:${glyph.font}px ${fonts};fill:var(--text);white-space:pre}`,
    ...classes,
    '.bold{font-weight:700}',
    '.page{fill:var(--page);stroke:var(--line)}',
    '.bar{stroke:var(--line)}',
  ].join('\n');
}

interface Span {
  /** Its start in characters. */
  readonly column: number;
  readonly text: string;
  readonly classes: readonly string[];
}

/** SGR codes by class; the other codes reset. */
const painted: Readonly<Record<string, string>> = {
  1: 'bold',
  2: 'faint',
  31: 'red',
  32: 'green',
  33: 'yellow',
  36: 'cyan',
};

/** The words of a line, with style and position. */
function spans(line: string): Span[] {
  const found: Span[] = [];
  let column = 0;
  let classes: readonly string[] = [];
  for (const [, code, text] of line.matchAll(/\u001b\[(\d+)m|([^\u001b]+)/g)) {
    if (code === '22') classes = classes.filter((name) => name !== 'bold' && name !== 'faint');
    else if (code === '39') classes = classes.filter((name) => name === 'bold' || name === 'faint');
    else if (code !== undefined) classes = [...classes, painted[code] ?? ''].filter(Boolean);
    if (text === undefined) continue;
    // Places each piece on the grid, so that columns align in any font.
    for (const piece of text.matchAll(/\S+(?: \S+)*/g)) {
      found.push({
        column: column + [...text.slice(0, piece.index)].length,
        text: piece[0],
        classes,
      });
    }
    column += [...text].length;
  }
  return found;
}

function lengthOf(line: readonly Span[]): number {
  const last = line.at(-1);
  return last ? last.column + [...last.text].length : 0;
}

function textElement({ column, text, classes }: Span, y: number): string {
  const x = padding + column * glyph.width;
  const painted = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
  const width = [...text].length * glyph.width;
  return `<text${painted} x="${x}" y="${y}" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
