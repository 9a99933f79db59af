import type { AnsweredAttempt } from '../../call/attempt.js';
import { headerValue } from '../../call/headers.js';
import type { FrameworkId } from './framework.js';

/** The parts of an answer that reveal a framework: headers, cookies and error pages. */
interface Answer {
  readonly header: (name: string) => string;
  readonly text: string;
}

/** Ordered: a framework built upon another precedes it. */
const fingerprints: readonly (readonly [FrameworkId, (answer: Answer) => boolean])[] = [
  [
    'laravel',
    ({ header, text }) =>
      /laravel_session|XSRF-TOKEN=eyJ/.test(header('set-cookie')) || /Illuminate\\/.test(text),
  ],
  [
    'next',
    ({ header, text }) => /^Next\.js/i.test(header('x-powered-by')) || /\/_next\//.test(text),
  ],
  ['nest', ({ text }) => /^\{(?=.*"statusCode":\d{3}).*"message":"Cannot [A-Z]+ \//.test(text)],
  ['fastify', ({ text }) => /"code":"FST_ERR_|"message":"Route [A-Z]+:.* not found"/.test(text)],
  [
    'express',
    ({ header, text }) =>
      /^Express/i.test(header('x-powered-by')) || /<pre>Cannot [A-Z]+ \//.test(text),
  ],
  [
    'django',
    ({ header, text }) =>
      /^WSGIServer\//.test(header('server')) ||
      /csrftoken=/.test(header('set-cookie')) ||
      /CSRF verification failed|<h1>Not Found<\/h1><p>The requested resource was not found on this server|<code>DEBUG = True<\/code>/.test(
        text,
      ),
  ],
  [
    'fastapi',
    ({ header, text }) =>
      /^uvicorn$/.test(header('server')) ||
      /^\{"detail":"(?:Not Found|Method Not Allowed)"\}$/.test(text),
  ],
  [
    'flask',
    ({ header, text }) =>
      /^Werkzeug\//.test(header('server')) ||
      /^<!doctype html>\s<html lang=en>\s<title>\d{3} /i.test(text),
  ],
  [
    'php',
    ({ header }) =>
      /^PHP\//i.test(header('x-powered-by')) || /PHPSESSID=/.test(header('set-cookie')),
  ],
  [
    'go',
    ({ header, text }) =>
      /^text\/plain/.test(header('content-type')) &&
      /^(404 page not found|http: request body too large|Method Not Allowed)\n?$/.test(text),
  ],
];

/**
 * The framework behind these answers; undefined when unknown. Returns nginx only when nothing
 * behind it is recognized.
 */
export function recognizeFramework(answers: readonly AnsweredAttempt[]): FrameworkId | undefined {
  const read = answers.map(readAnswer);
  const found = fingerprints.find(([, gaveAway]) => read.some(gaveAway))?.[0];
  return found ?? (answers.some(isPageOfNginx) ? 'nginx' : undefined);
}

/** Whether nginx itself gave this answer, not the server behind it. */
export function isPageOfNginx({ body }: AnsweredAttempt): boolean {
  return /<center>nginx(\/[\d.]+)?( \([^)]*\))?<\/center>/.test(new TextDecoder().decode(body));
}

function readAnswer({ headers, body }: AnsweredAttempt): Answer {
  return {
    header: (name) =>
      name === 'set-cookie'
        ? headers
            .filter(([each]) => each.toLowerCase() === name)
            .map(([, value]) => value)
            .join('\n')
        : (headerValue(headers, name) ?? ''),
    text: new TextDecoder().decode(body),
  };
}
