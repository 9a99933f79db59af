import * as z from 'zod';
import { activities, type Channel, channels } from '../payload/channels.js';
import { documentedFields } from '../payload/documented-fields.js';

/** The channels of messages: all but custom_activity, whose events belong to no message. */
export type MessageChannel = Exclude<Channel, 'custom_activity'>;
export const messageChannels = channels.filter(
  (channel): channel is MessageChannel => channel !== 'custom_activity',
);

const messageActivities = ['delivered', 'open', 'click', 'bounce', 'failed'] as const;
export type MessageActivity = (typeof messageActivities)[number];

/** Whether the channel reports the activity. */
export function reports(channel: MessageChannel, activity: MessageActivity): boolean {
  return activities[channel].some((each: string) => each === activity);
}

/** The generator draws numbers of 32 bits. */
const maxDurationMs = 30 * 86_400_000;

/** A text of this form; `error` describes what is expected. */
function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

const name = text(/^(?=.*\S).{1,200}$/u, 'expected a text of up to 200 characters');
const nodeName = text(
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
  'expected the name of a node: up to 40 letters, digits, dashes and underscores',
);
const durationForm = 'expected a duration like 30s, 15m, 2h or 1d';
const duration = text(/^\d{1,9}(ms|s|m|h|d)$/, durationForm).refine(
  (written) => durationMs(written) <= maxDurationMs,
  { error: 'expected at most 30d' },
);
const percentage = text(
  /^(?:100|\d{1,2}(?:\.\d{1,4})?)%$/,
  'expected a percentage like 40% or 2.5%, up to 100%',
);
const range = z.union([duration, z.tuple([duration, duration])], {
  error: 'expected a duration like 5m, or two like ["30s", "2h"]',
});
const texts = z.record(name, z.string({ error: 'expected a text' }), {
  error: 'expected an object of texts like {"CITY": "Mumbai"}',
});
const names = z.array(name, { error: 'expected a list of names' }).max(50, {
  error: 'expected up to 50 names',
});
const paramNames = documentedFields.flatMap(({ path, source }) => {
  const [, param] = /^event_params\.(\w+)$/.exec(path) ?? [];
  return param !== undefined && source === 'page' ? [param] : [];
});
const param = z.enum(paramNames, { error: `expected one of ${paramNames.join(', ')}` });
const activity = z.enum(messageActivities, {
  error: `expected one of ${messageActivities.join(', ')}`,
});

const chance = percentage.optional();
const begin = {
  chance: chance.describe('The share of contacts that enter. Default: 100%'),
  next: nodeName.describe('The first node'),
};

const starts = [
  z.strictObject({ type: z.literal('activity'), activity: name, ...begin }),
  z.strictObject({
    type: z.literal('activities'),
    activities: z
      .array(name, { error: 'expected a list of activities' })
      .min(2, { error: 'expected two activities or more' })
      .max(10, { error: 'expected up to ten activities' })
      .describe('A contact enters with the last one, which webhooks carry'),
    ...begin,
  }),
  z.strictObject({
    type: z.literal('activity_without'),
    activity: name,
    without: name.describe('The activity that does not follow'),
    within: duration.describe('A contact enters after this time'),
    ...begin,
  }),
  z.strictObject({
    type: z.literal('activity_where'),
    activity: name,
    where: texts.describe('The attributes of contacts that enter'),
    ...begin,
  }),
  z.strictObject({ type: z.literal('segment'), name, ...begin }),
  z.strictObject({ type: z.literal('list'), name, ...begin }),
  z.strictObject({ type: z.literal('broadcast'), name, ...begin }),
] as const;

const start = z.discriminatedUnion('type', starts, {
  error: `expected an object whose "type" is ${alternatives(starts)}`,
});

const reaction = z.strictObject(
  {
    chance: chance.describe('The share of contacts. Default: that of the built-in behaviour'),
    after: range.optional().describe('The delay, or its minimum and maximum'),
  },
  { error: 'expected an object like {"chance": "40%", "after": ["1m", "2h"]}' },
);

const nodes = [
  z.strictObject({
    type: z.literal('message'),
    channel: z.enum(messageChannels, { error: `expected one of ${messageChannels.join(', ')}` }),
    name: name.optional().describe('The name of the message. Default: the name of the node'),
    behaviour: z
      .partialRecord(activity, reaction, { error: 'expected an object of activities' })
      .optional()
      .describe('How contacts react. Opens are a share of deliveries, and clicks of opens'),
    next: nodeName.optional(),
  }),
  z.strictObject({
    type: z.literal('wait'),
    for: activity.describe('The activity to wait for'),
    of: nodeName.optional().describe('The message node. Default: the one before'),
    within: duration,
    met: nodeName.optional().describe('The next node when the activity comes in time'),
    missed: nodeName.optional().describe('The next node when it does not'),
  }),
  z.strictObject({
    type: z.literal('webhook'),
    label: name.describe('Events carry it as webhook_name'),
    activities: z
      .array(activity, { error: 'expected a list of activities' })
      .min(1, { error: 'expected one activity or more' })
      .optional()
      .describe('Only in a broadcast: send these activities of the message'),
    params: z
      .array(param, { error: 'expected a list of parameters' })
      .optional()
      .describe('The keys of event_params, if the activity has them. Default: all'),
    attributes: names.optional().describe('The keys of att_params. Default: names and addresses'),
    custom: texts.optional().describe('The custom_params. Default: those of the sample'),
    next: nodeName.optional(),
  }),
] as const;

const node = z.discriminatedUnion('type', nodes, {
  error: `expected an object whose "type" is ${alternatives(nodes)}`,
});

export const journeySchema = z
  .strictObject(
    {
      $schema: z.string().optional(),
      name: name.describe('Events carry it as journey_name'),
      description: name.optional(),
      start,
      nodes: z.record(nodeName, node, { error: 'expected an object of nodes' }),
    },
    { error: 'expected an object' },
  )
  .meta({
    title: 'Journey',
    description: 'A journey of netcore-hook simulate. docs/rehearse.md describes the format.',
  });

export type JourneyFile = z.infer<typeof journeySchema>;
export type StartFile = JourneyFile['start'];
export type NodeFile = JourneyFile['nodes'][string];

/** The JSON Schema (draft 2020-12) of a journey file. */
export function journeyJsonSchema(): unknown {
  return z.toJSONSchema(journeySchema);
}

/** Every key of the format, for suggestions. */
export function journeyKeys(): string[] {
  const shapes = [journeySchema, reaction, ...starts, ...nodes].map(({ shape }) => shape);
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `15m` in milliseconds. */
export function durationMs(written: string): number {
  const [, number = '0', unit = ''] = /^(\d+)([a-z]+)$/.exec(written) ?? [];
  return Number(number) * (unitsMs[unit] ?? 0);
}

function alternatives(
  options: readonly { readonly shape: { readonly type: { readonly value: string } } }[],
): string {
  const types = options.map(({ shape }) => shape.type.value);
  return `${types.slice(0, -1).join(', ')} or ${types.at(-1)}`;
}
