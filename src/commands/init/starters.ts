import type { StarterId } from '../../cli/options/starting.js';

/** A receiver that `init` writes. */
export interface Starter {
  readonly name: string;
  /** Folders below `starters/` that it consists of. */
  readonly parts: readonly string[];
  /** What its tests run it with. */
  readonly ranWith: string;
  /** The commands that install what it needs. */
  readonly install: readonly string[];
  /** The command that starts it. */
  readonly start: string;
}

const javascript = { install: ['npm install'], start: 'npm start' };
const python = {
  install: ['python3 -m venv .venv', '.venv/bin/pip install -r requirements.txt'],
  start: '.venv/bin/python server.py',
};

/** A test compares the versions with those that it runs. */
export const starters: Readonly<Record<StarterId, Starter>> = {
  node: {
    name: 'Node.js without a framework',
    parts: ['shared/javascript', 'node'],
    ranWith: 'Node.js 20',
    ...javascript,
  },
  express: {
    name: 'Express',
    parts: ['shared/javascript', 'express'],
    ranWith: 'Express 5.3.0, Node.js 20',
    ...javascript,
  },
  fastify: {
    name: 'Fastify',
    parts: ['shared/javascript', 'fastify'],
    ranWith: 'Fastify 5.12.8, Node.js 20',
    ...javascript,
  },
  nest: {
    name: 'Nest',
    parts: ['shared/javascript', 'nest'],
    ranWith: 'Nest 12.5.1, Node.js 20',
    ...javascript,
  },
  next: {
    name: 'Next.js',
    parts: ['shared/javascript', 'next'],
    ranWith: 'Next.js 16.4.6, Node.js 20',
    ...javascript,
  },
  flask: {
    name: 'Flask',
    parts: ['shared/python', 'shared/python-inbox', 'flask'],
    ranWith: 'Flask 2.2, Python 3.11',
    ...python,
  },
  django: {
    name: 'Django',
    parts: ['shared/python', 'django'],
    ranWith: 'Django 3.2, Python 3.11',
    ...python,
    start: '.venv/bin/python manage.py serve',
  },
  fastapi: {
    name: 'FastAPI',
    parts: ['shared/python', 'shared/python-inbox', 'fastapi'],
    ranWith: 'FastAPI 0.92, Python 3.11',
    ...python,
  },
  php: {
    name: 'PHP without a framework',
    parts: ['php'],
    ranWith: 'PHP 8.2 behind nginx 1.22',
    install: [],
    start: 'php start.php',
  },
  go: {
    name: 'Go without a framework',
    parts: ['go'],
    ranWith: 'Go 1.19',
    install: [],
    start: 'go run .',
  },
};
