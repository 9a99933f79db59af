import { shareMillionths } from '../payload/build/random.js';
import { activities } from '../payload/channels.js';
import type {
  JourneyNode,
  Located,
  MessageNode,
  Reaction,
  ReactionKind,
  WebhookNode,
} from './journey.js';
import {
  durationMs,
  type MessageActivity,
  type MessageChannel,
  messageChannels,
  type NodeFile,
  reports,
} from './journey-schema.js';

/** The index of a node by its name. Throws for an unknown one; `path` is where the name stands. */
export type Resolve = (id: string | undefined, path: readonly string[]) => number | undefined;

interface NodeContext {
  readonly id: string;
  /** Replaces the channel of each message. */
  readonly channel: MessageChannel | undefined;
  readonly resolve: Resolve;
  readonly located: Located;
}

export function compileNode(node: NodeFile, context: NodeContext): JourneyNode {
  const { id, resolve } = context;
  const to = (key: string, next: string | undefined) => resolve(next, ['nodes', id, key]);
  switch (node.type) {
    case 'message':
      return compileMessage(node, context);
    case 'wait':
      return {
        ...{ type: 'wait', id },
        for: kindOf(node.for),
        activity: node.for,
        of: to('of', node.of),
        withinMs: durationMs(node.within),
        met: to('met', node.met),
        missed: to('missed', node.missed),
      };
    case 'webhook': {
      const { type, label, params, attributes, custom } = node;
      const kinds: WebhookNode['reactions'] = node.activities && [
        ...new Set(node.activities.map(kindOf)),
      ];
      const next = to('next', node.next);
      return { type, id, label, reactions: kinds, params, attributes, custom, next };
    }
  }
}

/** The built-in behaviour of contacts, for what a file leaves out. */
const defaultBehaviour: Readonly<Record<ReactionKind, readonly [string, string, string]>> = {
  delivered: ['97%', '1s', '2m'],
  open: ['45%', '30s', '4h'],
  click: ['20%', '2s', '10m'],
  failure: ['2%', '1s', '5m'],
};

function compileMessage(
  node: Extract<NodeFile, { type: 'message' }>,
  { id, channel: replaced, resolve, located }: NodeContext,
): MessageNode {
  const channel = replaced ?? node.channel;
  const path = ['nodes', id];
  for (const activity of Object.keys(node.behaviour ?? {})) {
    if (reports(node.channel, activity as MessageActivity)) continue;
    throw located(
      [...path, 'behaviour', activity],
      `${node.channel} does not report "${activity}"`,
      `Activities of ${node.channel}: ${activities[node.channel].join(', ')}.`,
    );
  }
  const reaction = (kind: ReactionKind): Reaction => {
    const [share, min, max] = defaultBehaviour[kind];
    const [name, given] =
      Object.entries(node.behaviour ?? {}).find(
        ([activity]) => kindOf(activity as MessageActivity) === kind,
      ) ?? [];
    const after = given?.after ?? [min, max];
    const [minMs, maxMs] = (Array.isArray(after) ? after : [after, after]).map(durationMs);
    if (minMs === undefined || maxMs === undefined || minMs > maxMs) {
      const reason = 'the minimum of "after" exceeds its maximum';
      throw located([...path, 'behaviour', name ?? ''], reason, 'Swap the two durations.');
    }
    const activity = activities[channel].find(
      (each: string) => kindOf(each as MessageActivity) === kind,
    );
    return { share: shareMillionths(given?.chance ?? share), minMs, maxMs, activity };
  };
  const reactions = {
    delivered: reaction('delivered'),
    open: reaction('open'),
    click: reaction('click'),
    failure: reaction('failure'),
  };
  if (reactions.delivered.share + reactions.failure.share > 1_000_000) {
    throw located(
      [...path, 'behaviour'],
      'a message is either delivered or fails, and the chances of both exceed 100%',
      'Defaults: delivered 97%, bounce and failed 2%.',
    );
  }
  const next = resolve(node.next, [...path, 'next']);
  return { type: 'message', id, channel, campaign: node.name ?? id, reactions, next };
}

function kindOf(activity: MessageActivity): ReactionKind {
  return activity === 'bounce' || activity === 'failed' ? 'failure' : activity;
}

/** The channels that report a reaction, for hints. */
export function channelsReporting(kind: ReactionKind): readonly MessageChannel[] {
  return messageChannels.filter((channel) =>
    activities[channel].some((each) => kindOf(each) === kind),
  );
}
