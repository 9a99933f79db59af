import { shareMillionths } from '../payload/build/random.js';
import { checkJourney } from './check-journey.js';
import { compileNode, type Resolve } from './compile-node.js';
import type { Journey, JourneyStart, Located } from './journey.js';
import {
  durationMs,
  type JourneyFile,
  type MessageChannel,
  type StartFile,
} from './journey-schema.js';

/** Each message has a msgid of its own, and their numbers end with two digits. */
const maxNodes = 99;

/** Resolves the names of a file, and checks the journey as a whole. */
export function compileJourney(
  file: JourneyFile,
  channel: MessageChannel | undefined,
  located: Located,
): Journey {
  const ids = Object.keys(file.nodes);
  if (ids.length > maxNodes) {
    const reason = `it has ${ids.length} nodes`;
    throw located(['nodes'], reason, `A journey has up to ${maxNodes}.`);
  }
  const resolve: Resolve = (id, path) => {
    if (id === undefined) return undefined;
    const index = ids.indexOf(id);
    if (index !== -1) return index;
    throw located(path, `there is no node "${id}"`, `Nodes: ${ids.join(', ')}.`);
  };
  const journey: Journey = {
    name: file.name,
    description: file.description ?? '',
    isBroadcast: file.start.type === 'broadcast',
    start: compileStart(file.start, resolve),
    nodes: Object.entries(file.nodes).map(([id, node]) =>
      compileNode(node, { id, channel, resolve, located }),
    ),
  };
  checkJourney(journey, located);
  return journey;
}

function compileStart(start: StartFile, resolve: Resolve): JourneyStart {
  const { type, next } = start;
  return {
    type,
    condition: conditionText(start),
    activity:
      'activity' in start
        ? start.activity
        : 'activities' in start
          ? start.activities.at(-1)
          : undefined,
    share: shareMillionths(start.chance ?? '100%'),
    where: 'where' in start ? start.where : {},
    delayMs: 'within' in start ? durationMs(start.within) : 0,
    next: resolve(next, ['start', 'next']) ?? 0,
  };
}

function conditionText(start: StartFile): string {
  switch (start.type) {
    case 'activity':
      return start.activity;
    case 'activities':
      return start.activities.join(' and ');
    case 'activity_without':
      return `${start.activity} without ${start.without} within ${start.within}`;
    case 'activity_where': {
      const where = Object.entries(start.where).map(([name, value]) => `${name} ${value}`);
      return `${start.activity} where ${where.join(' and ')}`;
    }
    default:
      return `${start.type} ${start.name}`;
  }
}
