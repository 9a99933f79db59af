// Works on the calls of a time range again: npm run reprocess -- 2026-11-24T10:00Z 2026-11-24T12:00Z
import { reprocess } from './inbox.js';

const [from, until] = process.argv.slice(2, 4).map((text) => new Date(text));
if (from < until) {
  const count = await reprocess(from, until);
  console.log(`${count} calls are due again. The running receiver works on them.`);
} else {
  console.error('Usage: npm run reprocess -- <from> <until>, such as 2026-11-24T10:00Z');
  process.exitCode = 2;
}
