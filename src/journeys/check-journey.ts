import { channelsReporting } from './compile-node.js';
import {
  isReported,
  type Journey,
  type Located,
  type MessageNode,
  type ReactionKind,
  type WaitNode,
} from './journey.js';

/** Refuses a journey that loops, and one with a part that can never happen. */
export function checkJourney(journey: Journey, located: Located): void {
  const { nodes, start } = journey;
  if (start.share === 0) {
    const hint = 'Give a chance above 0%, or omit it for 100%.';
    throw located(['start', 'chance'], 'no contact ever enters the journey', hint);
  }
  const reached = refuseLoops(journey, located);
  const seen = new Set<string>();
  const visit = (index: number, path: Path): void => {
    const state = stateOf(index, path);
    if (seen.has(state) || seen.size >= maxStates) return;
    seen.add(state);
    for (const [next, after] of step(journey, index, path, located)) visit(next, after);
  };
  visit(start.next, { last: undefined, carries: start.activity !== undefined, sent: new Map() });
  const lost = nodes.find((_, index) => !reached.has(index));
  if (lost) {
    const reason = `no path leads to "${lost.id}"`;
    throw located(['nodes', lost.id], reason, 'Name it as the next node of another, or remove it.');
  }
  if (!nodes.some(({ type }) => type === 'webhook')) {
    const hint = 'Add a node {"type": "webhook", "label": "…"}.';
    throw located(['nodes'], 'the journey has no webhook, so it never sends anything', hint);
  }
}

/** A journey of many waits has more paths than can be checked. */
const maxStates = 20_000;

/** Paths that agree in this continue alike. */
function stateOf(index: number, { last, carries, sent }: Path): string {
  const fates = [...sent].map(([message, { outcome, maxMs }]) => `${message} ${outcome} ${maxMs}`);
  return `${index} ${last} ${carries} ${fates.join()}`;
}

/** What is known of a contact at a node. */
interface Path {
  /** The message before. */
  readonly last: number | undefined;
  /** Whether there is an activity for a webhook to carry. */
  readonly carries: boolean;
  readonly sent: ReadonlyMap<number, Fate>;
}

interface Fate {
  readonly outcome: 'reached' | 'failed' | 'open';
  /** The maximum time since the message. */
  readonly maxMs: number;
}

type Steps = (readonly [next: number, path: Path])[];

function step(journey: Journey, index: number, path: Path, located: Located): Steps {
  const node = journey.nodes[index];
  if (!node) return [];
  const to = (next: number | undefined, after: Path): Steps =>
    next === undefined ? [] : [[next, after]];
  const wrong = (key: string, reason: string, hint: string) =>
    located(['nodes', node.id, key], reason, hint);
  switch (node.type) {
    case 'message': {
      const sent = new Map(path.sent).set(index, { outcome: 'open', maxMs: 0 });
      return to(node.next, { ...path, last: index, sent });
    }
    case 'webhook': {
      if (journey.isBroadcast !== (node.reactions !== undefined)) {
        throw journey.isBroadcast
          ? wrong('type', 'a webhook of a broadcast needs "activities"', 'List those to send.')
          : wrong('activities', 'only a webhook of a broadcast takes "activities"', waitHint);
      }
      const message = messageAt(journey, path.last);
      if (node.reactions && !message) {
        throw wrong('type', 'no message comes before this webhook', 'Start with the message.');
      }
      if (message && node.reactions && !node.reactions.some((kind) => isReported(message, kind))) {
        throw neverReported(wrong, 'activities', message, node.reactions[0] ?? 'open');
      }
      if (!node.reactions && !path.carries) {
        throw wrong(
          'type',
          `this webhook can never fire: a ${journey.start.type} has no activity that it could carry`,
          'Put the webhook behind a wait that is met, or start the journey with an activity.',
        );
      }
      return to(node.next, path);
    }
    case 'wait':
      return stepOfWait(node, { journey, path, to, wrong });
  }
}

const waitHint = 'Put a node of type "wait" before the webhook.';

type Wrong = (key: string, reason: string, hint: string) => Error;

function stepOfWait(
  node: WaitNode,
  around: {
    readonly journey: Journey;
    readonly path: Path;
    readonly to: (next: number | undefined, after: Path) => Steps;
    readonly wrong: Wrong;
  },
): Steps {
  const { journey, path, to, wrong } = around;
  if (journey.isBroadcast) {
    throw wrong('type', 'a broadcast has no waits', 'List the activities of its webhook instead.');
  }
  const index = node.of ?? path.last;
  const message = messageAt(journey, index);
  const fate = index === undefined ? undefined : path.sent.get(index);
  if (index === undefined || !message || !fate) {
    const key = node.of === undefined ? 'type' : 'of';
    const reason = 'the wait can never be met: its message is not sent before it';
    throw wrong(key, reason, 'Put a node of type "message" before it.');
  }
  if (!isReported(message, node.for)) throw neverReported(wrong, 'for', message, node.for);
  const outcome = node.for === 'failure' ? 'failed' : 'reached';
  const maxMs = fate.maxMs + node.withinMs;
  const { share, earliestMs } = earliest(message, node.for);
  if (share === 0 || (fate.outcome !== 'open' && fate.outcome !== outcome)) {
    const reason = `the wait can never be met: the message "${message.id}" never gets that far`;
    throw wrong('for', reason, 'Change the behaviour of the message, or what the wait is for.');
  }
  if (earliestMs > maxMs) {
    const reason = `the wait can never be met: it ends before the earliest reaction to "${message.id}"`;
    throw wrong('within', reason, 'Wait longer, or shorten "after" in the behaviour.');
  }
  // What was known of other messages ages as well.
  const aged = new Map(
    [...path.sent].map(([key, each]) => [key, { ...each, maxMs: each.maxMs + node.withinMs }]),
  );
  const met: Path = {
    ...path,
    carries: true,
    sent: new Map(aged).set(index, { outcome, maxMs }),
  };
  const missed: Path = { ...path, carries: journey.start.activity !== undefined, sent: aged };
  return [...to(node.met, met), ...to(node.missed, missed)];
}

function messageAt({ nodes }: Journey, index: number | undefined): MessageNode | undefined {
  const node = index === undefined ? undefined : nodes[index];
  return node?.type === 'message' ? node : undefined;
}

function neverReported(
  wrong: Wrong,
  key: string,
  { channel }: MessageNode,
  kind: ReactionKind,
): Error {
  const name = kind === 'failure' ? 'a bounce or a failure' : `"${kind}"`;
  const hint = `Channels that report it: ${channelsReporting(kind).join(', ')}.`;
  return wrong(key, `${channel} does not report ${name}, so this can never happen`, hint);
}

/** Whether a reaction is possible at all, and its earliest time after the message. */
function earliest({ reactions }: MessageNode, kind: ReactionKind) {
  const needed: Readonly<Record<ReactionKind, readonly ReactionKind[]>> = {
    failure: ['failure'],
    delivered: ['delivered'],
    open: ['delivered', 'open'],
    click: ['delivered', 'open', 'click'],
  };
  const chain = needed[kind].map((each) => reactions[each]);
  return {
    share: Math.min(...chain.map(({ share }) => share)),
    earliestMs: chain.reduce((sum, { minMs }) => sum + minMs, 0),
  };
}

/** Returns the nodes that some path leads to. */
function refuseLoops({ nodes, start }: Journey, located: Located): ReadonlySet<number> {
  const done = new Set<number>();
  const visit = (index: number, trail: readonly number[]): void => {
    const node = nodes[index];
    if (done.has(index) || !node) return;
    const begin = trail.indexOf(index);
    if (begin !== -1) {
      const loop = [...trail.slice(begin), index].map((each) => nodes[each]?.id ?? '');
      const hint = 'A contact passes each node at most once. Remove one of these steps.';
      throw located(['nodes', loop.at(-2) ?? ''], `the journey loops: ${loop.join(' → ')}`, hint);
    }
    const nexts = node.type === 'wait' ? [node.met, node.missed] : [node.next];
    for (const next of nexts) if (next !== undefined) visit(next, [...trail, index]);
    done.add(index);
  };
  visit(start.next, []);
  return done;
}
