import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly title: string;
  /** The number of its items, if useful. */
  readonly count?: string | undefined;
  readonly panel: () => ComponentChildren;
}

/** Tabs with one mounted panel. Arrow keys switch tabs, as screen readers expect. */
export function Tabs<Name extends string>({
  label,
  tabs,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const tab = tabs.find(({ name }) => name === chosen) ?? tabs[0];
  const choose = (index: number) => {
    const next = tabs[(index + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.name);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.name}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = tabs.findIndex(({ name }) => name === tab?.name);
    const indexByKey: Readonly<Record<string, number>> = {
      ArrowRight: here + 1,
      ArrowLeft: here - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const index = indexByKey[event.key];
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    choose(index);
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ name, title, count }) => (
          <button
            key={name}
            type="button"
            role="tab"
            class="tab"
            data-tab={name}
            id={`${id}-${name}`}
            aria-controls={`${id}-panel`}
            aria-selected={name === tab?.name}
            tabIndex={name === tab?.name ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {title}
            {count !== undefined && <span class="tab-count">{count}</span>}
          </button>
        ))}
      </div>
      <div
        class="tab-panel"
        role="tabpanel"
        id={`${id}-panel`}
        key={tab?.name}
        aria-labelledby={`${id}-${tab?.name}`}
      >
        {tab?.panel()}
      </div>
    </>
  );
}
