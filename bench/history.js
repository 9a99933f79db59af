// How long `history` takes with a million captures (2 kB bodies, two events each), as a new process
// minus Node's own start: the newest 20, a rare and a common channel and activity, one by its id,
// and by outcome, with nearly all of them forwarded. Medians. Needs some 4 GB of temporary disk
// space.
//
//   node bench/history.js [captures] [runs]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillStore } from './fill-store.js';
import { median } from './median.js';
import { runHistory, time } from './run-history.js';

const captures = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 9);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const store = join(folder, 'store');

try {
  fillStore(store, captures);
  const [middle] = JSON.parse(`[${runHistory(store, ['list', '--json', '--limit', '1'])}]`);
  console.log(`node ${process.version}, ${captures} captures, medians of ${runs}`);
  console.log('                               whole  less bare node');
  const questions = [
    ['the newest 20', ['list', '--json']],
    ['sms click, common', ['list', '--json', '-c', 'sms', '-e', 'click']],
    ['email bounce, one in 100,000', ['list', '--json', '-c', 'email', '-e', 'bounce']],
    ['a channel, any activity', ['list', '--json', '-c', 'whatsapp']],
    ['one by id', ['show', middle.id, '--json']],
    ['the oldest by last~n', ['show', `last~${captures - 1}`, '--json']],
    ['by msgid, the oldest', ['list', '--json', '--msgid', '1', '--limit', '1']],
    ['dead, one in 100,000', ['list', '--json', '--outcome', 'dead']],
    ['failed, one in 1,000', ['list', '--json', '--outcome', 'failed']],
    ['delivered, nearly all', ['list', '--json', '--outcome', 'delivered']],
    ['skipped, none', ['list', '--json', '--outcome', 'skipped']],
    ['delivered, email bounce', ['list', '--json', '--outcome', 'delivered', '-e', 'bounce']],
    ['by text, the newest 1', ['list', '--json', '--text', 'asha', '--limit', '1']],
  ];
  for (const [name, words] of questions) {
    // Alternates, so that other load on the machine affects both.
    const whole = [];
    const bare = [];
    for (let run = 0; run < runs; run += 1) {
      bare.push(time(() => execFileSync(process.execPath, ['-e', '0'])));
      whole.push(time(() => runHistory(store, words)));
    }
    const figures = [median(whole), median(whole) - median(bare)];
    console.log(
      `${name.padEnd(28)} ${figures.map((ms) => `${ms.toFixed(0).padStart(6)} ms`).join('  ')}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
