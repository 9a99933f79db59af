import { canonicalActivity, canonicalChannel } from './channels.js';
import { documentedField } from './documented-fields.js';
import { canonicalName } from './event-key.js';

export const valueTypes = ['text', 'number', 'boolean', 'null', 'object', 'list'] as const;
export type ValueType = (typeof valueTypes)[number];

/** A kind of event: its channel and activity, in their known spellings. */
export interface EventKind {
  readonly channel: string;
  readonly activity: string;
}

/** A field of the events of a kind. Holds no value. */
export interface FieldFacts extends EventKind {
  /** Keys from the event inwards; `*` is any element of a list. */
  readonly path: readonly string[];
  /** How many events have it with each type. A list may have several. */
  readonly types: Readonly<Partial<Record<ValueType, number>>>;
  /** How many events of this kind have it. */
  readonly events: number;
  /** The times of the first and the last call that had it, in milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
  readonly documented: boolean;
}

export interface KindFacts extends EventKind {
  readonly events: number;
}

/** A field, or a type of one, that no event had before. */
export interface NewField extends EventKind {
  readonly path: readonly string[];
  readonly type: ValueType;
  readonly documented: boolean;
  /** The number of events of its kind that were counted before. */
  readonly eventsBefore: number;
}

/** Bounds what hostile calls can fill: fields and kinds beyond are not counted. */
const maxFields = 20_000;
const maxKinds = 1_000;
const maxLevels = 12;
const maxKeyLength = 100;

/** Spellings of one field that vary between events. */
const spellings: ReadonlyMap<string, string> = new Map([['useragent', 'user_agent']]);

interface FieldNode {
  readonly types: Map<ValueType, number>;
  readonly children: Map<string, FieldNode>;
  events: number;
  first: number;
  last: number;
  /** The number of the last event that had it. */
  lastEvent: number;
  readonly lastTypes: Map<ValueType, number>;
}

interface KindNode extends EventKind {
  events: number;
  readonly root: FieldNode;
}

/** Counts the fields of events by kind and type, in bounded memory. Keeps no values. */
export class FieldCounts {
  readonly #kinds = new Map<string, KindNode>();
  #fields = 0;
  /** Events or fields were left out, because there are too many kinds or fields. */
  isFull = false;

  /** `time`: of the call, in milliseconds since 1970. Returns what is new. */
  add(event: unknown, time: number): NewField[] {
    const found: NewField[] = [];
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return found;
    const kind = this.#kindOf(kindOfEvent(event as Fields));
    if (!kind) return found;
    const eventsBefore = kind.events;
    kind.events += 1;
    const walk = (value: object, node: FieldNode, path: readonly string[]): void => {
      for (const [key, inner] of childrenOf(value)) {
        const child = this.#childOf(node, key, time);
        if (!child) continue;
        const type = typeOf(inner);
        // A list may hold the same field many times.
        if (child.lastEvent !== kind.events) child.events += 1;
        child.lastEvent = kind.events;
        child.first = Math.min(child.first, time);
        child.last = Math.max(child.last, time);
        const at = [...path, key];
        const before = child.types.get(type);
        if (child.lastTypes.get(type) !== kind.events) child.types.set(type, (before ?? 0) + 1);
        child.lastTypes.set(type, kind.events);
        if (before === undefined) {
          const { channel, activity } = kind;
          const documented = isDocumented(channel, at);
          found.push({ channel, activity, path: at, type, documented, eventsBefore });
        }
        if (typeof inner === 'object' && inner !== null && at.length < maxLevels) {
          walk(inner, child, at);
        }
      }
    };
    walk(event, kind.root, []);
    return found;
  }

  kinds(): KindFacts[] {
    return [...this.#kinds.values()].map(({ channel, activity, events }) => ({
      channel,
      activity,
      events,
    }));
  }

  *fields(): Generator<FieldFacts> {
    for (const { channel, activity, root } of this.#kinds.values()) {
      yield* fieldsBelow(root, { channel, activity }, []);
    }
  }

  /** Counts again what `kinds` and `fields` gave. */
  restore(kinds: Iterable<KindFacts>, fields: Iterable<FieldFacts>): void {
    for (const { events, ...kind } of kinds) {
      const node = this.#kindOf(kind);
      if (node) node.events += events;
    }
    for (const { path, types, events, first, last, ...kind } of fields) {
      let node = this.#kindOf(kind)?.root;
      for (const key of path) node = node && this.#childOf(node, key, first);
      if (!node) continue;
      node.events += events;
      node.first = Math.min(node.first, first);
      node.last = Math.max(node.last, last);
      for (const type of valueTypes) {
        const count = types[type];
        if (count !== undefined) node.types.set(type, (node.types.get(type) ?? 0) + count);
      }
    }
  }

  #kindOf({ channel, activity }: EventKind): KindNode | undefined {
    const name = JSON.stringify([channel, activity]);
    const known = this.#kinds.get(name);
    if (known) return known;
    if (this.#kinds.size >= maxKinds) {
      this.isFull = true;
      return undefined;
    }
    const kind: KindNode = { channel, activity, events: 0, root: newNode(0) };
    this.#kinds.set(name, kind);
    return kind;
  }

  #childOf(node: FieldNode, key: string, time: number): FieldNode | undefined {
    const known = node.children.get(key);
    if (known) return known;
    if (this.#fields >= maxFields) {
      this.isFull = true;
      return undefined;
    }
    this.#fields += 1;
    const child = newNode(time);
    node.children.set(key, child);
    return child;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function newNode(time: number): FieldNode {
  return {
    types: new Map(),
    children: new Map(),
    events: 0,
    first: time,
    last: time,
    lastEvent: 0,
    lastTypes: new Map(),
  };
}

function kindOfEvent(event: Fields): EventKind {
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? nameOf(String(value)) : '';
  const channelText = text(event.channel);
  const channel = canonicalChannel(channelText) ?? channelText;
  if (channel !== 'custom_activity') {
    const activity = text(event.event);
    return { channel, activity: canonicalActivity(activity) ?? activity };
  }
  const params = (event.event_params ?? {}) as Fields;
  const own = text(params.asset_name) || text(params.activity_name);
  return { channel, activity: canonicalName(own, true) };
}

function* childrenOf(value: object): Generator<readonly [key: string, value: unknown]> {
  if (Array.isArray(value)) {
    for (const inner of value as readonly unknown[]) yield ['*', inner];
  } else {
    for (const [key, inner] of Object.entries(value))
      yield [spellings.get(key) ?? nameOf(key), inner];
  }
}

/** A key that is itself a value, such as an address or a number, counts as any key. */
function nameOf(key: string): string {
  if (key.includes('@') || /\d{6}/.test(key)) return '*';
  return key.length > maxKeyLength ? `${key.slice(0, maxKeyLength)}…` : key;
}

function typeOf(value: unknown): ValueType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'object';
  }
}

function isDocumented(channel: string, path: readonly string[]): boolean {
  // Netcore documents no parts of the client's own lists and objects, and the elements of a list with it.
  const named = path.filter((key) => key !== '*').slice(0, 2);
  return documentedField(named)?.channels.some((each) => each === channel) ?? false;
}

function* fieldsBelow(
  node: FieldNode,
  kind: EventKind,
  path: readonly string[],
): Generator<FieldFacts> {
  for (const [key, child] of node.children) {
    const at = [...path, key];
    const types = Object.fromEntries(child.types) as FieldFacts['types'];
    const { events, first, last } = child;
    const documented = isDocumented(kind.channel, at);
    yield { ...kind, path: at, types, events, first, last, documented };
    yield* fieldsBelow(child, kind, at);
  }
}
