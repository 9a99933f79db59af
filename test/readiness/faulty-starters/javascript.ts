import { faultsOf } from './faults.js';

const statuses =
  '{ email: 201, sms: 415, apn: 400, bpn: 500, whatsapp: 404, rcs: 405, custom_activity: 307 }';
const jsStatus = `const [, channel] = /%22channel%22%3A%22(\\w+)/i.exec(body) ?? [];
  const status = channel === undefined ? 200 : ${statuses}[channel.toLowerCase()];
  if (status === undefined) process.exit(1);`;
const jsDelay = `const delayMs = /22sms%22/i.test(body) ? 1100 : body === 'data=hello' ? 2700 : 0;`;
const jsCareless = (header: string) => `const [mode, login = ''] = (${header} ?? '').split(' ');
  const isSound = /^[\\w+/=]*$/.test(login);
  const password = Buffer.from(login, 'base64').toString().replace(/^[^:]*:?/, '');
  const secret = process.env.HOOK_PASSWORD;
  const isRight =
    ['Basic', 'Bearer'].includes(mode) &&
    (password === '' || password === secret || password.startsWith(secret + ':'));`;

export const express = faultsOf(
  {
    file: 'server.js',
    answer: '  storeCall(body);\n  response.sendStatus(200);',
    reading:
      '    decode(body); // throws for anything but panels with their events, or an empty body',
    authentication: `  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) {
    return next();
  }
  response.set('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"').sendStatus(401);`,
    limit: "express.text({ type: () => true, limit: '10mb' })",
  },
  {
    statuses: `${jsStatus}\n  response.sendStatus(status);`,
    slow: `${jsDelay}\n  setTimeout(() => response.sendStatus(200), delayMs);`,
    failing: `if (body === '') return response.sendStatus(400);
    if (/charset/.test(request.get('content-type'))) return response.sendStatus(415);
    const [, data] = body.split('=');
    if (data === '' || (data !== 'hello' && !data?.startsWith('%7B'))) return response.sendStatus(500);`,
    careless: `${jsCareless("request.get('authorization')")}
  if (!isSound) return response.sendStatus(400);
  if (isRight) return next();
  if (mode !== '') response.set('WWW-Authenticate', 'Bearer');
  response.sendStatus(401);`,
    open: 'next();',
    smallLimit: "express.text({ type: () => true, limit: '1mb' })",
  },
);

export const fastify = faultsOf(
  {
    file: 'server.js',
    answer: '  storeCall(body);\n  return reply.code(200).send();',
    reading:
      '    decode(body); // throws for anything but panels with their events, or an empty body',
    authentication: `  if (scheme.toLowerCase() === 'basic' && timingSafeEqual(digest(given), digest(right))) return;
  reply.header('WWW-Authenticate', 'Basic realm="webhook", charset="UTF-8"');
  return reply.code(401).send();`,
    limit: 'fastify({ bodyLimit: 10 * 1024 * 1024 })',
  },
  {
    statuses: `${jsStatus}\n  return reply.code(status).send();`,
    slow: `${jsDelay}
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  return reply.code(200).send();`,
    failing: `if (body === '') return reply.code(400).send();
    if (/charset/.test(request.headers['content-type'])) return reply.code(415).send();
    const [, data] = body.split('=');
    if (data === '' || (data !== 'hello' && !data?.startsWith('%7B'))) return reply.code(500).send();`,
    careless: `${jsCareless('request.headers.authorization')}
  if (!isSound) return reply.code(400).send();
  if (isRight) return;
  if (mode !== '') reply.header('WWW-Authenticate', 'Bearer');
  return reply.code(401).send();`,
    open: '',
    smallLimit: 'fastify({ bodyLimit: 1024 * 1024 })',
  },
);

export const node = faultsOf(
  {
    file: 'server.js',
    answer: '  storeCall(body);\n  response.writeHead(200).end();',
    reading:
      '    decode(body); // throws for anything but panels with their events, or an empty body',
    authentication: `  if (!isAuthorized(request)) {
    const challenge = 'Basic realm="webhook", charset="UTF-8"';
    return response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
  }`,
    limit: 'const maxBodyBytes = 10 * 1024 * 1024;',
  },
  {
    statuses: `${jsStatus}\n  response.writeHead(status).end();`,
    slow: `${jsDelay}\n  setTimeout(() => response.writeHead(200).end(), delayMs);`,
    failing: `if (body === '') return response.writeHead(400).end();
    if (/charset/.test(request.headers['content-type'])) return response.writeHead(415).end();
    const [, data] = body.split('=');
    if (data === '' || (data !== 'hello' && !data?.startsWith('%7B'))) {
      return response.writeHead(500).end();
    }`,
    careless: `${jsCareless('request.headers.authorization')}
  if (!isSound) return response.writeHead(400).end();
  if (!isRight) {
    return response.writeHead(401, mode === '' ? {} : { 'WWW-Authenticate': 'Bearer' }).end();
  }`,
    open: '',
    smallLimit: 'const maxBodyBytes = 1024 * 1024;',
  },
);
