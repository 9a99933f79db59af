// How fast `simulate --print ndjson` writes events, beside a loop that only writes the same number
// of sample events with JSON.stringify, and how much memory it takes at most. Whole processes, so
// that their start counts for both. Medians.
//
//   node bench/simulate.js [contacts] [runs]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from './median.js';

const contacts = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const tool = here('../bin/netcore-hook.js');
const sample = here('../samples/whatsapp/open.json');
const options = ['--seed', '1', '--start', '2026-11-24T04:30:00Z', '--contacts', String(contacts)];

console.log(`node ${process.version}, ${contacts} contacts, medians of ${runs}`);
for (const journey of ['abandoned-cart', 'broadcast']) {
  const own = [];
  const plain = [];
  let events = 0;
  // Alternates, so that other load on the machine affects both.
  for (let run = 0; run < runs; run += 1) {
    const simulated = await measure([tool, 'simulate', journey, ...options, '--print', 'ndjson']);
    events = simulated.events;
    own.push(simulated);
    plain.push(await measure(['--input-type=module', '-e', loop(events)]));
  }
  const figure = (all, read) => median(all.map(read));
  const perSecond = (all) => Math.round(events / figure(all, ({ seconds }) => seconds));
  const peak = figure(own, ({ megabytes }) => megabytes);
  console.log(`${journey}: ${events} events`);
  console.log(`  simulate         ${perSecond(own)} events/s, peak memory ${peak.toFixed(0)} MB`);
  console.log(`  JSON.stringify   ${perSecond(plain)} events/s`);
  console.log(`  ratio            ${(perSecond(own) / perSecond(plain)).toFixed(2)}`);
}

/** A program that writes one sample event so many times, a hundred on each line. */
function loop(events) {
  const text = readFileSync(sample, 'utf8');
  return `
    const [event] = Object.values(${text.trim()}.payload)[0];
    for (let sent = 0; sent < ${events}; sent += 100) {
      const list = Array.from({ length: Math.min(100, ${events} - sent) }, () => JSON.stringify(event));
      if (!process.stdout.write(\`{"panel":[\${list.join(',')}]}\\n\`)) {
        await new Promise((resolve) => process.stdout.once('drain', resolve));
      }
    }`;
}

/** Runs Node with these words: its time, its peak memory (Linux), and the events that it wrote. */
async function measure(words) {
  const begun = performance.now();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  let events = 0;
  let kilobytes = 0;
  let reads = 0;
  for await (const chunk of child.stdout) {
    for (let at = chunk.indexOf('"msgid"'); at !== -1; at = chunk.indexOf('"msgid"', at + 1)) {
      events += 1;
    }
    reads += 1;
    if (reads % 200 === 1) kilobytes = Math.max(kilobytes, peakOf(child.pid));
  }
  return { events, seconds: (performance.now() - begun) / 1000, megabytes: kilobytes / 1024 };
}

function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended.
    return 0;
  }
}
