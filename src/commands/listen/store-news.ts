import { byteText, plural, waitWords } from '../../amounts.js';
import type { JournalFact } from '../../call/journal-fact.js';
import type { Alerting } from '../../forwarding/alerting.js';
import type { MaintenanceNews } from '../../store/maintenance-thread.js';
import type { Retention } from '../../store/retention.js';
import { clockNotice, clockText } from '../clock-text.js';
import { limitText } from '../retention.js';
import { copiedText } from './damaged-store.js';

/** Reports the news of store maintenance as warnings and alerts. */
export function storeNewsReporter(
  { ageMs }: Retention,
  warn: (code: string, message: string) => void,
  alerting: Alerting | undefined,
  note: (fact: JournalFact) => void,
): (news: MaintenanceNews) => void {
  const keepFor = limitText({ cause: 'keep_for', limit: ageMs ?? null });
  return (news) => {
    switch (news.kind) {
      case 'copied':
        warn('store_copied', copiedText(news));
        return;
      case 'removed_early': {
        const { captures, ageMs } = news;
        const limit = limitText(news);
        const [option = ''] = limit.split(' ');
        const message = `${limit} removed ${plural(captures, 'capture')} earlier than ${keepFor} would; the newest was ${waitWords(ageMs)} old. Raise ${option} to keep captures longer, or lower --keep-for if that is enough.`;
        warn('removed_early', message);
        note({ kind: 'removed_early', captures, limit });
        alerting?.raise({ kind: 'captures_removed', limit, before: keepFor, captures, age: ageMs });
        return;
      }
      case 'clock_doubted':
        warn('clock_doubted', clockText(clockNotice(news), keepFor));
        return;
      case 'clock_believed':
        warn(
          'clock_believed',
          'The clock is reliable again. Captures are removed by age as before.',
        );
        return;
      case 'over_size': {
        const limit = limitText({ cause: 'keep_size', limit: news.limit });
        const message = `Waiting and dead calls take ${byteText(news.bytes)}, more than ${limit}. They are kept, and new calls are recorded. See: netcore-hook queue`;
        warn('store_over_size', message);
        return;
      }
    }
  };
}
