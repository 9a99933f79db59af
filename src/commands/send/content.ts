import type { CommandContext } from '../../cli/command.js';
import { readInput } from '../../cli/input.js';
import { notCombined } from '../../cli/reject-arguments.js';
import { readEdit } from '../../payload/build/edit.js';
import type { Contacts, PayloadSource } from '../../payload/build/plan-payloads.js';
import { problem } from '../../problems/problem.js';
import { chooseContacts } from '../../sending/choose-contacts.js';
import { freshnessOf, sampleSources } from '../../sending/choose-samples.js';
import type { Content } from '../../sending/plan-calls.js';
import type { SendInput } from './input.js';

type Option = keyof SendInput['options'];

/** Options that would make others ineffective. */
const conflicts: readonly (readonly [option: Option, others: readonly Option[]])[] = [
  ['raw', ['data', 'like', 'channel', 'event', 'set', 'add', 'unset', 'panel', 'batch']],
  ['raw', ['tz', 'seed', 'verbatim', 'contacts', 'who']],
  ['data', ['like', 'channel', 'event', 'tz', 'seed', 'contacts', 'who']],
  ['like', ['channel', 'event', 'tz', 'seed', 'contacts', 'who']],
  ['verbatim', ['tz', 'seed', 'contacts', 'who']],
  ['contacts', ['who']],
];

export async function readContent(
  input: SendInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<Content> {
  refuseConflicts(input);
  const { options, from } = input;
  if (options.raw !== undefined) {
    if (options.print === 'json') {
      throw problem('usage', {
        message: '--print json requires a payload, and --raw sends the body without reading it.',
        hint: 'Try: --print form',
      });
    }
    return { kind: 'raw', body: await readInput(options.raw, context) };
  }
  const edits = [
    ...options.add.map((text) => readEdit('add', text)),
    ...options.set.map((text) => readEdit('set', text)),
    ...options.unset.map((text) => readEdit('unset', text)),
  ];
  const { batch, verbatim } = options;
  const isOwn = options.data !== undefined || options.like !== undefined;
  // Verbatim content keeps its panel, unless the command line names another.
  const panel = (isOwn || verbatim) && from('panel').kind !== 'flag' ? undefined : options.panel;
  if (isOwn) {
    const sources = await readOwn(options, context, warn);
    return { kind: 'payloads', sources, edits, batch, panel, fresh: undefined };
  }
  const sources = sampleSources(options.channel, options.event);
  const contacts = await chosenContacts(options, context);
  const fresh = verbatim ? undefined : { ...freshnessOf(options, context.host), contacts };
  return { kind: 'payloads', sources, edits, batch, panel, fresh };
}

const maxContacts = 1_000_000;

/** Undefined: another invented contact for each event of a call. */
async function chosenContacts(
  { contacts, who }: SendInput['options'],
  context: CommandContext,
): Promise<Contacts | undefined> {
  if (who !== undefined) {
    const { contactNamed } = await import('../../sending/read-contacts.js');
    const contact = contactNamed(who);
    return { count: 1, at: () => contact };
  }
  return contacts === undefined ? undefined : chooseContacts(contacts, maxContacts, context);
}

/** The user's own payloads: of a file or a capture. */
async function readOwn(
  { data, like }: SendInput['options'],
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<PayloadSource[]> {
  if (data !== undefined) {
    const { readOwnPayloads } = await import('./own-payloads.js');
    return readOwnPayloads(await readInput(data, context), data, warn);
  }
  const { payloadOfCapture } = await import('./captured-payload.js');
  return like === undefined ? [] : [payloadOfCapture(like, context)];
}

function refuseConflicts({ from }: SendInput): void {
  const isTyped = (option: Option) => from(option).kind === 'flag';
  for (const [option, others] of conflicts) {
    const other = isTyped(option) ? others.find(isTyped) : undefined;
    if (other === undefined) continue;
    throw notCombined(`--${option}`, `--${other}`);
  }
}
