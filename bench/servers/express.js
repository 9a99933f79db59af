// The obvious first implementation: Express, its form parser, and a line appended for each call.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { listenAndAnnounce } from './announce.js';

const [installed, path, authorization, readyFile] = process.argv.slice(2);
const express = createRequire(join(installed, 'package.json'))('express');
const app = express();

app.post('/hook', express.urlencoded({ extended: false, limit: '10mb' }), (request, response) => {
  if (request.headers.authorization !== authorization) return response.sendStatus(401);
  appendFileSync(path, `${request.body.data}\n`);
  response.sendStatus(200);
});

listenAndAnnounce(createServer(app), readyFile);
