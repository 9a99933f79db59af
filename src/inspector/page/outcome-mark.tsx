import type { Outcome } from '../../call/outcome.js';
import { Icon, type IconName } from './icon.js';

const marks = {
  delivered: { icon: 'check', tone: 'good', means: 'The handler accepted it.' },
  failed: { icon: 'replay', tone: 'warn', means: 'The last try failed.' },
  dead: { icon: 'cross', tone: 'bad', means: 'Given up.' },
  waiting: { icon: 'clock', tone: 'soft', means: 'Queued, not tried yet.' },
  skipped: { icon: 'skip', tone: 'faint', means: 'Not forwarded.' },
} as const satisfies Record<Outcome, { icon: IconName; tone: string; means: string }>;

/** The outcome of a call as a coloured icon and word. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  const { icon, tone, means } = marks[outcome];
  return (
    <span class={`outcome ${tone}`} title={means}>
      <Icon name={icon} />
      {outcome}
    </span>
  );
}

/** The CSS class of a status. */
export function statusTone(status: number): 'good' | 'warn' | 'bad' {
  if (status < 300) return 'good';
  return status < 500 ? 'warn' : 'bad';
}
