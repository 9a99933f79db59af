// How fast the library reads a body, compared with a handler's own code. Both alternate in one
// process, so only the ratio counts. Run `npm run build` first.
import { decode, encode } from '../dist/index.js';

const event = {
  channel: 'email',
  event: 'open',
  custom_params: { Action: 'Email Open' },
  att_params: { FIRSTNAME: 'Asha', EMAIL: 'asha@example.com', MOBILE: '0000000001', CITY: 'Thane' },
  msgid: '4930',
  webhook_name: 'Order updates',
  event_params: {
    ip_addr: '203.0.113.7',
    foreignkey: 'asha@example.com',
    timestamp: '2022-12-01T18:12:54',
    ts: 221201181254,
    user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)',
    name: 'Diwali & Holi sale: 50% off + delivery',
  },
  journey_name: 'Welcome journey',
};

function bodyOf(bytes) {
  const events = [event];
  const perEvent = encode({ shop: [event, event] }).length - encode({ shop: events }).length;
  while (encode({ shop: [event] }).length + perEvent * (events.length - 1) < bytes) {
    events.push(event);
  }
  return encode({ shop: events });
}

function plain(body) {
  return JSON.parse(new URLSearchParams(body).get('data'));
}

/** Milliseconds for `runs` calls. */
function time(read, body, runs) {
  const start = performance.now();
  for (let run = 0; run < runs; run += 1) read(body);
  return performance.now() - start;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function compare(name, body, runs, rounds) {
  if (JSON.stringify(decode(body)) !== JSON.stringify(plain(body))) throw new Error('They differ.');
  time(decode, body, runs);
  time(plain, body, runs);
  const ratios = [];
  const own = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0;
    const a = time(first ? decode : plain, body, runs);
    const b = time(first ? plain : decode, body, runs);
    const [ours, theirs] = first ? [a, b] : [b, a];
    ratios.push(theirs / ours);
    own.push(ours / runs);
  }
  const bytes = Buffer.byteLength(body);
  const speed = bytes / 1000 / median(own);
  console.log(
    `${name.padEnd(6)} ${String(bytes).padStart(9)} bytes  ${median(ratios).toFixed(2)} times as fast as URLSearchParams and JSON.parse (${speed.toFixed(0)} MB/s)`,
  );
}

compare('2 kB', bodyOf(2000), 5000, 21);
compare('100 kB', bodyOf(100_000), 100, 15);
compare('10 MB', bodyOf(10_000_000), 1, 9);
