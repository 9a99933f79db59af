import type { ComponentChildren } from 'preact';

/** A group of options of which one is selected. */
export function Choice({
  name,
  title,
  chosen,
  onChoose,
}: {
  readonly name: string;
  readonly title: ComponentChildren;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label class="pick">
      <input type="radio" name={name} checked={chosen} onChange={onChoose} />
      {title}
    </label>
  );
}
