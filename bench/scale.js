// Sizes an installation for a rate of events: listeners, workers, Redis, disk, and the time to
// clear a backlog after an outage of the handler. Simulates, second by second, calls that arrive at
// random (Poisson) and machines with a fixed rate, from the costs per call that bench/listen.js and
// bench/forward.js measure. Finds the smallest number of machines that keep up; "at a time" is the
// minimum --forward-concurrency of each worker, given the handler's time. Every figure is an
// option:
//
//   node bench/scale.js --listen 15000 --events-per-call 20
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    // Calls a second on a machine with two cores: see the benchmarks.
    listen: { type: 'string', default: '20000' },
    forward: { type: 'string', default: '5000' },
    'hand-over': { type: 'string', default: '4000' },
    redis: { type: 'string', default: '10000' },
    // Milliseconds that a handler takes for a call.
    handler: { type: 'string', default: '20' },
    // The traffic.
    'events-per-call': { type: 'string', default: '10' },
    'bytes-per-event': { type: 'string', default: '1000' },
    peak: { type: 'string', default: '3' },
    // The duration of an outage of the handler, and the time limit for its backlog, in minutes.
    outage: { type: 'string', default: '60' },
    drain: { type: 'string', default: '60' },
    // Maximum average load of a machine, to leave room for bursts.
    busy: { type: 'string', default: '0.6' },
    seed: { type: 'string', default: '1' },
    rates: { type: 'string', default: '1000,10000,100000' },
  },
});
const given = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
);
let state = given.seed >>> 0;

console.log(
  `${given['events-per-call']} events a call, ${given['bytes-per-event']} bytes an event, peaks ` +
    `${given.peak} times the mean; the handler is away for ${given.outage} min at the mean rate`,
);
console.log(
  'events/s  calls/s  engine  listeners  workers  at a time  longest wait ms  backlog calls  gone after min  disk of backlog',
);
for (const events of values.rates.split(',').map(Number)) {
  for (const engine of ['store', 'redis']) console.log(row(events, engine));
}

function row(events, engine) {
  const mean = events / given['events-per-call'];
  const atPeak = mean * given.peak;
  const perListener =
    engine === 'store' ? given.listen : Math.min(given.listen, given['hand-over']);
  const listeners = Math.ceil(atPeak / (perListener * given.busy));
  // The workers' capacity beyond the mean rate must clear the backlog in time.
  const backlog = mean * given.outage * 60;
  const wanted = Math.max(atPeak / given.busy, mean + backlog / (given.drain * 60));
  const machines = Math.ceil(wanted / given.forward);
  // Only the listener that wrote a store works its queue.
  const workers = engine === 'store' ? Math.max(machines, listeners) : machines;
  const redis =
    engine === 'redis' && atPeak > given.redis * given.busy ? ' (more than one Redis)' : '';
  const found = simulate(mean, workers * given.forward);
  const bytes = given['bytes-per-event'] * given['events-per-call'] + 700;
  return [
    String(events).padEnd(8),
    mean.toFixed(0).padStart(8),
    ` ${engine.padEnd(6)}`,
    String(engine === 'store' ? workers : listeners).padStart(10),
    (engine === 'store' ? 'the same' : String(workers)).padStart(8),
    String(Math.ceil(((wanted / workers) * given.handler) / 1000)).padStart(10),
    found.maxWait.toFixed(0).padStart(16),
    found.backlog.toFixed(0).padStart(14),
    (found.goneAfter / 60).toFixed(0).padStart(15),
    `${((found.backlog * bytes) / 1e9).toFixed(1)} GB`.padStart(16) + redis,
  ].join(' ');
}

/** An hour of peaks, then an outage at the mean rate, then until the backlog is gone. */
function simulate(mean, power) {
  let waiting = 0;
  let maxWait = 0;
  for (let second = 0; second < 3600; second += 1) {
    // Ten seconds of every minute are a peak: a campaign goes out.
    const rate = second % 60 < 10 ? mean * given.peak : mean;
    waiting = Math.max(0, waiting + poisson(rate) - power);
    maxWait = Math.max(maxWait, ((waiting + rate / 2) / power) * 1000);
  }
  for (let second = 0; second < given.outage * 60; second += 1) waiting += poisson(mean);
  const backlog = waiting;
  let goneAfter = 0;
  while (waiting > 0 && goneAfter < 7 * 24 * 3600) {
    waiting = Math.max(0, waiting + poisson(mean) - power);
    goneAfter += 1;
  }
  return { maxWait, backlog, goneAfter };
}

/** A number of arrivals: at these rates a normal distribution is a good approximation. */
function poisson(rate) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal));
}

/** Mulberry32: the same figures in every run. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
