import { expect, test } from 'vitest';
import type { AnsweredAttempt } from '../../src/call/attempt.js';
import type { HeaderPairs } from '../../src/call/call.js';
import { findSnippet } from '../../src/readiness/frameworks/find-snippet.js';
import { recognizeFramework } from '../../src/readiness/frameworks/recognize-framework.js';
import { run } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';

function answer(status: number, headers: HeaderPairs, text = ''): AnsweredAttempt {
  const body = new TextEncoder().encode(text);
  return { kind: 'answered', status, headers, body, bytes: body.length, ms: 3 };
}

const json = [['content-type', 'application/json; charset=utf-8']] as const;
const expressHeader = [['x-powered-by', 'Express']] as const;
const tooLargeForNginx = answer(
  413,
  [['server', 'nginx']],
  '<html>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
);

test.each([
  ['next', [answer(405, [['x-powered-by', 'Next.js']])]],
  [
    'nest',
    [
      answer(201, expressHeader),
      answer(404, json, '{"message":"Cannot POST /hook","error":"Not Found","statusCode":404}'),
    ],
  ],
  [
    'nest',
    [answer(404, json, '{"statusCode":404,"message":"Cannot POST /hook","error":"Not Found"}')],
  ],
  ['laravel', [answer(419, [['set-cookie', 'laravel_session=eyJpdiI6; path=/']])]],
  [
    'laravel',
    [
      answer(419, [
        ['x-powered-by', 'PHP/8.3.1'],
        ['set-cookie', 'XSRF-TOKEN=eyJpdiI6; path=/'],
      ]),
    ],
  ],
  ['php', [answer(200, [['x-powered-by', 'PHP/8.3.1']])]],
  ['express', [tooLargeForNginx, answer(200, expressHeader)]],
  ['fastapi', [answer(404, json, '{"detail":"Not Found"}')]],
  ['fastapi', [answer(200, [['server', 'uvicorn']])]],
  ['django', [answer(404, [['server', 'uvicorn']]), answer(200, [['set-cookie', 'csrftoken=a1']])]],
  ['nginx', [tooLargeForNginx]],
] as const)('recognises %s by what it answers', (framework, answers) => {
  expect(recognizeFramework(answers)).toBe(framework);
});

test.each([
  ['nothing but a status', [answer(500, [])]],
  ['a page of a shop', [answer(404, [['content-type', 'text/html']], '<h1>Not here</h1>')]],
  ['plain text', [answer(404, [['content-type', 'text/plain']], 'Nothing is here')]],
  ['what nginx only hands on', [answer(500, [['server', 'nginx']], 'Oops')]],
])('recognises nothing by %s', (_what, answers) => {
  expect(recognizeFramework(answers)).toBeUndefined();
});

test('mends at nginx what nginx refuses, and behind it everything else', () => {
  const answers = [tooLargeForNginx, answer(200, expressHeader)];
  expect(findSnippet('body_limit', answers)?.framework.id).toBe('nginx');
  expect(findSnippet('basic_auth', answers)?.framework.id).toBe('express');
  expect(findSnippet('body_limit', answers, 'express')?.framework.id).toBe('express');
});

test('asks once, without credentials, for what is not there when nothing else gives the framework away', async () => {
  const stray: [method: string | undefined, authorization: string | undefined][] = [];
  const url = await serve((request, response) => {
    request.resume();
    if (request.url === '/hook') return response.writeHead(201).end();
    stray.push([request.method, request.headers.authorization]);
    return response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  });
  url.pathname = '/hook';
  const { out } = await run(['test-endpoint', url.href, '--auth', 'netcore:secret', '-c', 'all']);
  expect(stray).toEqual([['POST', undefined]]);
  expect(out).toContain('        In Go:\n          if err := inbox.store(body); err != nil {');
});
