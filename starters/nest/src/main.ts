import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { startWorker } from '../inbox.js';
import { NetcoreController } from './netcore.controller.js';

const { HOOK_USER, HOOK_PASSWORD, HOST = '127.0.0.1', PORT = '3000' } = process.env;
if (!HOOK_USER || !HOOK_PASSWORD) {
  console.error('Set HOOK_USER and HOOK_PASSWORD to the credentials that the panel sends.');
  process.exit(2);
}

@Module({ controllers: [NetcoreController] })
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  bodyParser: false,
  logger: ['error', 'warn'],
});
app.useBodyParser('text', { type: () => true, limit: '10mb' });
app.enableShutdownHooks();
startWorker();
await app.listen(Number(PORT), HOST);
console.log(`Listening on ${await app.getUrl()}/webhooks/netcore`);
