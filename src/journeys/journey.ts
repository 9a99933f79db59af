import type { Problem } from '../problems/problem.js';
import type { MessageChannel, StartFile } from './journey-schema.js';

/** What a contact can do with a message, in this order. A failure is a bounce of e-mail. */
export const reactionKinds = ['delivered', 'open', 'click', 'failure'] as const;
export type ReactionKind = (typeof reactionKinds)[number];

/** A journey that was checked: it has no loop, and each of its webhooks can fire. */
export interface Journey {
  readonly name: string;
  readonly description: string;
  /** Sent outside a journey: its events have no `journey_name`. */
  readonly isBroadcast: boolean;
  readonly start: JourneyStart;
  readonly nodes: readonly JourneyNode[];
}

export interface JourneyStart {
  readonly type: StartFile['type'];
  /** Like `Add To Cart without Product Purchase within 30m`. */
  readonly condition: string;
  /** The activity that webhooks carry without a wait that was met. */
  readonly activity: string | undefined;
  /** The share of contacts that enter, in millionths. */
  readonly share: number;
  /** The attributes of contacts that enter. */
  readonly where: Readonly<Record<string, string>>;
  /** From the activity to the first node, in milliseconds. */
  readonly delayMs: number;
  /** An index of `nodes`, as everywhere below. */
  readonly next: number;
}

export type JourneyNode = MessageNode | WaitNode | WebhookNode;

export interface MessageNode {
  readonly type: 'message';
  readonly id: string;
  readonly channel: MessageChannel;
  readonly campaign: string;
  readonly reactions: Readonly<Record<ReactionKind, Reaction>>;
  readonly next: number | undefined;
}

export interface Reaction {
  /** Of those who could react, in millionths. */
  readonly share: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** The channel's name of it; undefined: contacts do it, and the channel does not report it. */
  readonly activity: string | undefined;
}

export interface WaitNode {
  readonly type: 'wait';
  readonly id: string;
  readonly for: ReactionKind;
  /** The same as the file names it. */
  readonly activity: string;
  /** The message; undefined: the one before. */
  readonly of: number | undefined;
  readonly withinMs: number;
  readonly met: number | undefined;
  readonly missed: number | undefined;
}

export interface WebhookNode {
  readonly type: 'webhook';
  readonly id: string;
  readonly label: string;
  /** In a broadcast: the reactions that are sent. */
  readonly reactions: readonly ReactionKind[] | undefined;
  readonly params: readonly string[] | undefined;
  readonly attributes: readonly string[] | undefined;
  readonly custom: Readonly<Record<string, string>> | undefined;
  readonly next: number | undefined;
}

/** Whether a message's channel reports this reaction. */
export function isReported({ reactions }: MessageNode, kind: ReactionKind): boolean {
  return reactions[kind].activity !== undefined;
}

/** Builds the problem about a value of a journey file. */
export type Located = (path: readonly PropertyKey[], reason: string, hint: string) => Problem;
