import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { counted } from '../words.js';
import { shownValue } from './event-fields.js';
import { LongText } from './long-text.js';
import { pathOf, type ValueRow } from './tree-rows.js';
import type { TreeState } from './tree-state.js';
import { jsonPath, setOption } from './value-path.js';

/** The active value of a tree in full, with its path and copy buttons. */
export function TreeFoot({ state }: { readonly state: TreeState }) {
  const rows = state.rows.value;
  const row = rows[state.active.value];
  if (!row || row.kind === 'more') return null;
  const path = pathOf(rows, state.active.value);
  const json = state.text.slice(row.start, row.end);
  const option = setOption(path, json);
  const written = jsonPath(path);
  return (
    <div class="tree-foot">
      <code class="tree-path">
        <Untrusted text={written} />
      </code>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: Scrollable areas must be reachable by keyboard. */}
      <section class="tree-value" key={row.at} tabIndex={0} aria-label="Value">
        {row.foldable ? (
          <span class="faint">{insideText(row)}</span>
        ) : (
          <LongText text={shownValue(json)} />
        )}
      </section>
      <div class="tools">
        <CopyButton
          title="Copy value"
          onClick={() => copyText(shownValue(json), 'The value is copied.')}
        />
        <CopyButton
          title="Copy path"
          onClick={() => copyText(written, 'The JSON path is copied.')}
        />
        {option !== undefined && (
          <CopyButton
            title="Copy as --set"
            onClick={() => copyText(option, 'The --set option is copied.')}
          />
        )}
      </div>
    </div>
  );
}

/** Describes an object or list and its size. */
function insideText({ kind, count, start, end }: ValueRow): string {
  const what = kind === 'list' ? 'A list' : 'An object';
  const holds =
    count === undefined ? '' : ` of ${counted(count, kind === 'list' ? 'element' : 'key')}`;
  return `${what}${holds}, ${counted(end - start, 'character')} of JSON.`;
}

function CopyButton({ title, onClick }: { readonly title: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="button small" onClick={onClick}>
      <Icon name="copy" />
      {title}
    </button>
  );
}
