import { django } from './django.js';
import { express } from './express.js';
import { fastapi } from './fastapi.js';
import { fastify } from './fastify.js';
import { flask } from './flask.js';
import type { Framework, FrameworkId } from './framework.js';
import { go } from './go.js';
import { laravel } from './laravel.js';
import { nest } from './nest.js';
import { next } from './next.js';
import { nginx } from './nginx.js';
import { node } from './node.js';
import { php } from './php.js';

/** Every framework with fixes. */
export const frameworks: Readonly<Record<FrameworkId, Framework>> = {
  node,
  express,
  fastify,
  next,
  nest,
  php,
  laravel,
  django,
  flask,
  fastapi,
  go,
  nginx,
};
