// The speed of the inspector's page in Chromium with 100,000 captures: the time to its first row;
// the latency of a key press while 500 calls arrive each second; the longest blocking task while a
// payload of five megabytes opens; and late frames while thousands of rows scroll by. Run it on an
// idle machine. Needs Chromium.
//
//   node bench/inspector-page.js [captures] [seconds of the burst]
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { fillStore } from './fill-store.js';
import { median } from './median.js';
import { sampleBody } from './sample-body.js';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const captures = Number(process.argv[2] ?? 100_000);
const seconds = Number(process.argv[3] ?? 10);
const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-bench-'));
const store = join(folder, 'store');
fillStore(store, captures);
const words = ['listen', '--json', '--port', '0', '--inspect-port', '0', '--store', store];
const listener = spawn(process.execPath, [file('../bin/netcore-hook.js'), ...words], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { url, inspector } = JSON.parse(
  await new Promise((resolve) => listener.stdout.once('data', (data) => resolve(firstLine(data)))),
);
listener.stdout.resume();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  console.log(
    `${captures} captures, Chromium ${browser.version()}, load ${loadavg()[0].toFixed(1)}`,
  );
  tell('assets, gzipped', `${(assetBytes() / 1000).toFixed(1)} kB`);
  await timeOpening();
  await timeScrolling();
  await timeLargePayload();
  await timeKeysInBurst();
} finally {
  await browser.close();
  listener.kill('SIGTERM');
  await new Promise((resolve) => listener.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
}

async function timeOpening() {
  const times = [];
  for (let run = 0; run < 9; run += 1) {
    const page = await open();
    await page.addInitScript(`let drawn; window.drawn = new Promise((resolve) => { drawn = resolve; });
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.list-rows [role=row]')) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => drawn(performance.now())));
    }).observe(document, { childList: true, subtree: true })`);
    await page.goto(inspector);
    times.push(await page.evaluate('window.drawn'));
    await page.context().close();
  }
  tell('opening to first row', `${ms(median(times))} median, ${ms(times[0])} first`);
}

async function timeScrolling() {
  const page = await open();
  await page.goto(inspector);
  await page.waitForSelector('.list-rows [role=row]');
  const { frames, late, worst, rows } = await page.evaluate(`new Promise((resolve) => {
    const list = document.querySelector('#calls');
    const gaps = [];
    let last;
    const step = (now) => {
      if (last !== undefined) gaps.push(now - last);
      last = now;
      list.scrollTop += 900;
      if (gaps.length < 600) requestAnimationFrame(step);
      else resolve({
        frames: gaps.length,
        late: gaps.filter((gap) => gap > 34).length,
        worst: Math.max(...gaps),
        rows: Math.round(list.scrollTop / document.querySelector('.list-rows [role=row]').offsetHeight),
      });
    };
    requestAnimationFrame(step);
  })`);
  tell('scrolling', `${rows} rows in ${frames} frames, ${late} late, ${ms(worst)} at worst`);
  await page.context().close();
}

async function timeLargePayload() {
  const events = Array.from({ length: 9_000 }, (_, at) => ({
    channel: 'email',
    event: 'open',
    msgid: String(at),
    event_params: { email: `contact-${at}@example.com`, note: 'x'.repeat(440) },
  }));
  const body = `data=${encodeURIComponent(JSON.stringify({ shop: events }))}`;
  const answer = await fetch(url, { method: 'POST', body, headers: form });
  if (answer.status !== 200) throw new Error(`The large call was answered ${answer.status}.`);
  const page = await open();
  await page.goto(inspector);
  await page.waitForSelector('.list-rows [role=row]');
  for (const [tab, ready] of [
    ['events', '.fields'],
    ['JSON', '.tree-row'],
    ['body', '.raw'],
  ]) {
    await page.evaluate(`window.blocks = []; new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.blocks.push(duration);
    }).observe({ type: 'longtask' })`);
    const begun = performance.now();
    if (tab === 'events') await page.locator('.list-rows [role=row]').first().click();
    else await page.keyboard.press(tab === 'JSON' ? '2' : '3');
    await page.waitForSelector(ready);
    const took = performance.now() - begun;
    await page.waitForTimeout(300);
    const longest = await page.evaluate('Math.max(0, ...window.blocks)');
    tell(
      `${(body.length / 1e6).toFixed(1)} MB, ${tab}`,
      `${ms(took)}, blocked for ${ms(longest)} at most`,
    );
  }
  await page.context().close();
}

async function timeKeysInBurst() {
  const page = await open();
  await page.goto(inspector);
  await page.waitForSelector('.list-rows [role=row]');
  await page.evaluate(`window.times = []; window.blocks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.blocks.push(duration);
    }).observe({ type: 'longtask' });
    addEventListener('keydown', (event) => {
      requestAnimationFrame(() => setTimeout(() => {
        window.times.push(performance.now() - event.timeStamp);
      }));
    }, true)`);
  for (const [name, keys] of [
    ['followed', ['t', 'a']],
    ['read', ['j', 'k']],
  ]) {
    await page.evaluate('window.times = []; window.blocks = []');
    const burst = postSteadily(500, seconds);
    let at = 0;
    while (!burst.over) {
      await page.keyboard.press(keys[at++ % keys.length]);
      await page.waitForTimeout(60);
    }
    const { answered } = await burst.finished;
    const times = (await page.evaluate('window.times')).sort((one, other) => one - other);
    const longest = await page.evaluate('Math.max(0, ...window.blocks)');
    tell(
      `keys, list ${name}`,
      `median ${ms(median(times))}, p95 ${ms(times[Math.floor(times.length * 0.95)])}, blocked for ${ms(longest)} at most; ${Math.round(answered / seconds)} calls/s`,
    );
  }
  await page.context().close();
}

/** Posts this many calls a second, evenly. */
function postSteadily(rate, length) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const body = sampleBody();
  const begun = performance.now();
  const burst = { over: false, answered: 0, finished: undefined };
  burst.finished = new Promise((resolve) => {
    let sent = 0;
    const timer = setInterval(() => {
      const passed = Math.min((performance.now() - begun) / 1000, length);
      for (; sent < passed * rate; sent += 1) {
        const call = request(url, { method: 'POST', agent, headers: form }, (answer) => {
          answer.resume();
          if (answer.statusCode === 200) burst.answered += 1;
        });
        call.on('error', () => {});
        call.end(body);
      }
      if (passed < length) return;
      clearInterval(timer);
      burst.over = true;
      agent.destroy();
      resolve(burst);
    }, 10);
  });
  return burst;
}

async function open() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return context.newPage();
}

function assetBytes() {
  const folder = file('../dist/inspector/');
  return readdirSync(folder).reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length,
    0,
  );
}

function tell(what, figure) {
  console.log(`${what.padEnd(22)} ${figure}`);
}

function ms(time) {
  return `${time.toFixed(0)} ms`;
}

function firstLine(data) {
  return data.toString().split('\n')[0];
}

function file(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}
