import { printCapture } from '../api-client.js';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { say } from '../toast.js';

const forms = [
  { as: 'curl', title: 'curl', what: 'a curl command' },
  { as: 'json', title: 'JSON', what: 'JSON' },
  { as: 'form', title: 'Form', what: 'a form body' },
] as const;

/** Copies a call, or one event of it, in forms for other tools. */
export function CopyForms({
  id,
  event,
}: {
  readonly id: string;
  /** The event's position, from 1; null for the whole call. */
  readonly event: number | null;
}) {
  const copied = event === null ? 'The call' : 'The event';
  return (
    // biome-ignore lint/a11y/useSemanticElements: Outside a form.
    <div class="joined" role="group" aria-label={`Copy ${copied.toLowerCase()} as`}>
      {forms.map(({ as, title, what }) => (
        <button
          key={as}
          type="button"
          class="button small"
          aria-label={`Copy as ${what}`}
          title={`Copy as ${what}`}
          onClick={() => copyPrinted(id, as, event, `${copied} is copied as ${what}.`)}
        >
          {as === 'curl' && <Icon name="copy" />}
          {title}
        </button>
      ))}
    </div>
  );
}

async function copyPrinted(
  id: string,
  as: 'curl' | 'json' | 'form',
  event: number | null,
  confirmation: string,
): Promise<void> {
  try {
    const { text } = await printCapture(id, as, event);
    await copyText(text, confirmation);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}
