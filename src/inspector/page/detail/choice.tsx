import type { ComponentChildren } from 'preact';

/** One of several things of which one is chosen. */
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
