import { createHash } from 'node:crypto';

/** All keys of this program begin with it, and a colon. */
export const prefix = 'netcore-hook';
/** The set of the names of all queues that ever had a call. */
export const queuesKey = `${prefix}:queues`;
/** Hashes of what has become of the calls of a store, by its tag, until its listener has read it. */
export const outcomesKey = `${prefix}:outcomes:`;
/** Counters by which a listener sees that the server has lost what it had confirmed. */
export const beatKey = `${prefix}:beat:`;

/** A target URL as it is kept and shown: without credentials. */
export function withoutCredentials(target: string): string {
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url.href;
}

/** The name of a target's queue. The library allows no colon in it. */
export function queueName(target: string): string {
  return encodeURIComponent(withoutCredentials(target));
}

export function targetOfQueue(name: string): string {
  return decodeURIComponent(name);
}

/** What the keys of a queue begin with, whose names are the library's and, behind them, ours. */
export function queueBase(name: string): string {
  return `${prefix}:${name}:`;
}

/** The name of a panel's lane: a panel may be called anything, at any length. */
export function laneOf(panel: string): string {
  return createHash('sha256').update(panel).digest('hex').slice(0, 16);
}

const jobPrefix = 'call-';
const captureIdLength = 16;

/**
 * The name of a job: the id of its capture, and the key that tells it from other calls which have the
 * same id. Version 0.1.0 had no key. The library takes no name of digits alone.
 */
export function jobId(capture: string, job: string): string {
  return `${jobPrefix}${capture}-${job}`;
}

export function captureIdOf(name: string): string {
  return name.slice(jobPrefix.length, jobPrefix.length + captureIdLength);
}

export function jobKeyOf(name: string): string {
  return name.slice(jobPrefix.length + captureIdLength + 1);
}
