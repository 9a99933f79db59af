import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { shownValue } from './event-fields.js';
import { LongText } from './long-text.js';
import { pathOf } from './tree-rows.js';
import type { TreeState } from './tree-state.js';
import { jsonPath, setOption } from './value-path.js';

/** The active value of a tree, whole, with its path, and what can be copied of it. */
export function TreeFoot({ state }: { readonly state: TreeState }) {
  const rows = state.rows.value;
  const row = rows[state.active.value];
  if (!row || row.kind === 'more') return <div class="tree-foot" />;
  const path = pathOf(rows, state.active.value);
  const json = state.text.slice(row.start, row.end);
  const option = setOption(path, json);
  const written = jsonPath(path);
  const isLeaf = !row.foldable;
  return (
    <div class="tree-foot">
      <code class="tree-path">
        <Untrusted text={written} />
      </code>
      {isLeaf && (
        <div class="tree-value" key={row.at}>
          <LongText text={shownValue(json)} />
        </div>
      )}
      <div class="actions">
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

function CopyButton({ title, onClick }: { readonly title: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="button small" onClick={onClick}>
      <Icon name="copy" />
      {title}
    </button>
  );
}
