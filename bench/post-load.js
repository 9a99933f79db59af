import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleBody } from './sample-body.js';

export const user = 'netcore';
export const password = 'secret';
export const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const contentType = 'application/x-www-form-urlencoded';

/**
 * Posts the sample over keep-alive connections for a number of seconds, and returns the figures.
 */
export function preparePostLoad(folder, connections = 64) {
  const script = join(folder, 'post.lua');
  writeFileSync(
    script,
    `wrk.method = "POST"
wrk.headers["Content-Type"] = "${contentType}"
wrk.headers["Authorization"] = "${authorization}"
wrk.body = [==[${sampleBody()}]==]
`,
  );
  return (url, seconds) => {
    const output = wrk([
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--latency',
      '-s',
      script,
      url,
    ]);
    return {
      rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]),
      calls: Number(/(\d+) requests in /.exec(output)[1]),
      p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(output)),
      p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(output)),
      errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0),
    };
  };
}

/** The status of one call, so that a server that rejects everything is not measured. */
export async function statusOf(url, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': contentType, ...headers },
    body: sampleBody(),
  });
  return answer.status;
}

function wrk(words) {
  try {
    return execFileSync('wrk', words, { encoding: 'utf8' });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('wrk is missing: apt-get install wrk');
  }
}

function milliseconds([, number, unit]) {
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit];
}
