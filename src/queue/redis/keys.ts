import { createHash } from 'node:crypto';

/** All keys of this program start with it, followed by a colon. */
export const prefix = 'netcore-hook';
/** The set of the names of all queues that ever had a call. */
export const queuesKey = `${prefix}:queues`;
/** A hash of the names of paused queues, and since when. */
export const pausedKey = `${prefix}:paused`;
/** A hash of notes about the workers of all queues. */
export const workersKey = `${prefix}:workers`;
/** By the tag of a store: a hash of outcomes that its listener has not read yet. */
export const outcomesKey = `${prefix}:outcomes:`;
/** Counters that show a listener when the server has lost confirmed data. */
export const beatKey = `${prefix}:beat:`;

/** A target URL as it is stored and shown. */
export function withoutCredentials(target: string): string {
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url.href;
}

/** The name of a target's queue. BullMQ allows no colon in it. */
export function queueName(target: string): string {
  return encodeURIComponent(withoutCredentials(target));
}

export function targetOfQueue(name: string): string {
  return decodeURIComponent(name);
}

/** The prefix of all keys of a queue. */
export function queueBase(name: string): string {
  return `${prefix}:${name}:`;
}

/** The name of a panel's lane. A hash, since a panel's name can be of any length. */
export function laneOf(panel: string): string {
  return createHash('sha256').update(panel).digest('hex').slice(0, 16);
}

const jobPrefix = 'call-';
const captureIdLength = 16;

/**
 * The name of a job: its capture's id, and a key that distinguishes calls with the same id. Version 0.1.0 had
 * no key. BullMQ refuses names of digits alone, hence the prefix.
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
