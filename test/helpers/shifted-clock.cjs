/*
 * Loaded into a process with --require, its threads included: its time of day is off by what stands in the
 * file that SHIFTED_CLOCK names, in milliseconds, and may change while it runs. Timers go on as they are.
 */
const { readFileSync } = require('node:fs');

const RealDate = Date;
const realNow = Date.now;
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  if (performance.now() - readAt > 5) {
    offset = Number(readFileSync(process.env.SHIFTED_CLOCK, 'utf8'));
    readAt = performance.now();
  }
  return realNow() + offset;
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(now());
    else super(...values);
  }

  static now() {
    return now();
  }
};
