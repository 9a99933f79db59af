interface Remedy {
  readonly fix: string;
  readonly snippet?: string | undefined;
}

/** What to show of a remedy: what stands above already is named instead. */
export interface ShownRemedy {
  readonly fix: string;
  readonly snippet?: string;
  /** The check that the snippet was shown for. */
  readonly snippetOf?: string;
}

/** Remembers which remedies a run has shown, and for which check first. */
export function rememberRemedies(): (check: string, remedy: Remedy) => ShownRemedy {
  const fixes = new Map<string, string>();
  const snippets = new Map<string, string>();
  return (check, { fix, snippet }) => {
    const fixOf = fixes.get(fix);
    const snippetOf = snippet === undefined ? undefined : snippets.get(snippet);
    fixes.set(fix, fixOf ?? check);
    if (snippet !== undefined) snippets.set(snippet, snippetOf ?? check);
    if (fixOf !== undefined && (snippet === undefined || snippetOf !== undefined)) {
      return { fix: fixOf === check ? 'Same fix as above.' : `Same fix as for ${fixOf}.` };
    }
    if (snippetOf !== undefined) return { fix, snippetOf };
    return { fix, ...(snippet !== undefined && { snippet }) };
  };
}
