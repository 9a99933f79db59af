import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { detailShare } from './preferences.js';

const minPercent = 25;
const maxPercent = 75;

/** The list with the opened call beside it, or over it on narrow screens. */
export function Split({
  list,
  detail,
  covered,
}: {
  readonly list: ComponentChildren;
  readonly detail: ComponentChildren;
  /** Whether the opened call covers the list. */
  readonly covered: boolean;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const share = detailShare.value;
  const set = (percent: number) => {
    detailShare.value = Math.round(Math.min(Math.max(percent, minPercent), maxPercent));
  };
  return (
    <div ref={frame} class={detail ? 'split open' : 'split'}>
      <main
        class="split-list"
        inert={covered}
        style={detail ? { flexBasis: `${100 - share}%` } : {}}
      >
        {list}
      </main>
      {detail && (
        <aside class="split-detail" aria-label="Opened call" style={{ flexBasis: `${share}%` }}>
          {/* biome-ignore lint/a11y/useSemanticElements: A movable separator is not an <hr>. */}
          <div
            class="split-bar"
            role="separator"
            tabIndex={0}
            aria-orientation="vertical"
            aria-label="Width of the opened call"
            aria-valuemin={minPercent}
            aria-valuemax={maxPercent}
            aria-valuenow={share}
            onPointerDown={(event) => {
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const box = frame.current?.getBoundingClientRect();
              if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
              set(((box.right - event.clientX) / box.width) * 100);
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowLeft') set(share + 3);
              else if (event.key === 'ArrowRight') set(share - 3);
            }}
          />
          {detail}
        </aside>
      )}
    </div>
  );
}
