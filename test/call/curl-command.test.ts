import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { HeaderPairs, OutgoingCall } from '../../src/call/call.js';
import { curlCommand } from '../../src/call/curl-command.js';
import { formType, parseHeader, planCall } from '../../src/call/plan-call.js';
import { needPrograms } from '../helpers/programs.js';
import { serve } from '../helpers/servers.js';

interface Arrived {
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

/** Pastes the printed command into bash, and resolves to what then arrives. */
async function paste(
  change: Partial<OutgoingCall> & { path?: string },
  env: Record<string, string> = {},
  typed = '',
): Promise<Arrived> {
  const [bash] = needPrograms('bash', 'curl');
  const arrived: Arrived[] = [];
  const url = await serve(async (request, response) => {
    arrived.push({ request, body: await buffer(request) });
    response.end();
  });
  const call: OutgoingCall = {
    ...planCall({
      url: new URL(change.path ?? '/hook', url),
      body: Buffer.from('data=%7B%7D'),
      userAgent: 'netcore-hook/1',
    }),
    ...change,
  };
  const folder = await mkdtemp(join(tmpdir(), 'curl-'));
  try {
    const script = join(folder, 'pasted');
    // As in a terminal, exclamation marks in double quotes are expanded.
    await writeFile(script, `set -o history -o histexpand\n${curlCommand(call)}\n`);
    const running = promisify(execFile)(bash, ['--norc', script], {
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', ...env },
    });
    running.child.stdin?.end(typed);
    await running;
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(arrived).toHaveLength(1);
  return arrived[0]!;
}

const headers = (...texts: string[]): HeaderPairs =>
  [`Content-Type: ${formType}`, ...texts].map((text) => parseHeader('--header', text));

describe('a printed curl, pasted into bash', () => {
  test.each([
    ['a form body', 'data=%7B%22shop%22%3A%5B%5D%7D'],
    ['quotes and exclamation marks', `data={"a":'it's 5 o'clock!!'} "!ls" $HOME \`id\` \\n \\`],
    ['line ends and tabs', 'data=1\r\n\tdata=2\n\n'],
    ['text beyond ASCII', 'data={"name":"आशा — ₹ 🛍"}!'],
    ['what looks like a file to curl', '@/etc/hostname'],
    ['nothing', ''],
  ])('sends %s as it is', async (_, text) => {
    const { request, body } = await paste({ body: Buffer.from(text) });
    expect(body.toString()).toBe(text);
    expect(request.method).toBe('POST');
    expect(request.headers['content-type']).toBe(formType);
  });

  test.each([
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x27, 0x21, 0x5c, 0x78, 0x0a, 0x80])],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['more than an argument holds', Buffer.from(`data='!${'%7B'.repeat(100_000)}`)],
  ])('sends %s as they are', async (_, bytes) => {
    const { body } = await paste({ body: bytes });
    expect(body.equals(bytes)).toBe(true);
  });

  test('keeps the target, which curl would otherwise take for a pattern', async () => {
    const path = "/hooks/o'neil!?list=[1-3]&set={a,b}&x=%20";
    const { request } = await paste({ path });
    expect(request.url).toBe(path);
  });

  test('keeps headers, also empty ones and those beyond ASCII', async () => {
    const { request } = await paste({
      headers: headers("X-Shop: it's north!", 'X-Empty:', 'X-City: ठाणे', 'X-Cost: $5 `x`'),
    });
    expect(request.headers).toMatchObject({
      'x-shop': "it's north!",
      'x-empty': '',
      'x-city': Buffer.from('ठाणे').toString('latin1'),
      'x-cost': '$5 `x`',
    });
  });

  test('adds no content type to a call that has none', async () => {
    const { request } = await paste({ headers: [] });
    expect(request.headers['content-type']).toBeUndefined();
  });

  test.each(['GET', 'PUT', 'HEAD'])('keeps the method %s', async (method) => {
    const { request } = await paste({ method, body: Buffer.alloc(0), headers: [] });
    expect(request.method).toBe(method);
  });

  test('asks for the password itself', async () => {
    const Authorization = `Basic ${Buffer.from("o'neil:pa:ss").toString('base64')}`;
    const call = { headers: [...headers(), ['Authorization', Authorization]] as HeaderPairs };
    // Without a terminal curl reads the password from stdin.
    const { request } = await paste(call, {}, 'pa:ss\n');
    expect(request.headers.authorization).toBe(Authorization);
  });

  test('takes other secrets from variables', async () => {
    const call = { headers: headers('Authorization: Bearer right', 'Cookie: session=1') };
    const { request } = await paste(call, { AUTHORIZATION: 'Bearer left', COOKIE: 'session=2' });
    expect(request.headers).toMatchObject({ authorization: 'Bearer left', cookie: 'session=2' });
  });
});

test('a printed curl holds no secret', () => {
  const call = planCall({
    url: new URL('http://127.0.0.1:4400/'),
    body: Buffer.from('data='),
    credentials: { user: 'netcore', password: 's3cret' },
    headers: headers('Cookie: s3cret', 'Proxy-Authorization: s3cret'),
    userAgent: 'netcore-hook/1',
  });
  const command = curlCommand(call);
  expect(command).toContain("-u 'netcore'");
  expect(command).not.toContain('s3cret');
  expect(command).not.toContain(Buffer.from('netcore:s3cret').toString('base64'));
});
