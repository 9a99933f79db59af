import { readFileSync } from 'node:fs';
import { packageRoot } from './package-root.js';

export interface Explanation {
  readonly code: string;
  readonly kind: 'problem' | 'warning' | 'finding';
  /** Paragraphs and examples in plain text, with lines of any length. */
  readonly text: string;
  /** Where it stands: `docs/problems.md`. */
  readonly page: string;
}

/** Reads what the documents of this package say about every code. */
export function readExplanations(): readonly Explanation[] {
  const problems = readPage('docs/problems.md');
  const [sections = '', warnings = ''] = problems.split(/^## Warnings$/m);
  return [
    ...sections.split(/^## /m).slice(1).map(readProblem),
    ...readRows(warnings).map(([code = '', meaning = '']) => ({
      ...({ code, kind: 'warning', page: 'docs/problems.md' } as const),
      text: meaning,
    })),
    ...readRows(readPage('docs/findings.md')).map(([code = '', outcome = '', fix = '']) => ({
      ...({ code, kind: 'finding', page: 'docs/findings.md' } as const),
      text: `A finding of test-endpoint. Its check ${outcome}.\n${fix}`,
    })),
  ];
}

function readPage(name: string): string {
  return readFileSync(new URL(name, packageRoot), 'utf8');
}

function readProblem(section: string): Explanation {
  const [code = '', ...lines] = section.trim().split('\n');
  const text = lines.filter((line) => line !== '```').join('\n');
  return { code, kind: 'problem', page: 'docs/problems.md', text: plain(text.trim()) };
}

/** The cells of the table rows that begin with a code. */
function readRows(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, code = '', rest = '']) => [
    code,
    ...rest.split(/(?<!\\) \| /).map((cell) => plain(cell.replaceAll('\\|', '|'))),
  ]);
}

/** Markdown without its marks. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\\<', '<');
}
