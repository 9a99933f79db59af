/** All keys of this program begin with it, and a colon. */
export const prefix = 'netcore-hook';
/** The set of the names of all queues that ever had a call. */
export const queuesKey = `${prefix}:queues`;

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

const jobPrefix = 'call-';

/** The library takes no id of digits alone, which a capture's may be. */
export function jobId(captureId: string): string {
  return `${jobPrefix}${captureId}`;
}

export function captureIdOf(job: string): string {
  return job.slice(jobPrefix.length);
}
