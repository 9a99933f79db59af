import type { Option } from 'commander';
import { deliveryStates } from '../../call/delivery.js';
import { outcomes } from '../../call/outcome.js';
import type { CommandContext } from '../../cli/command.js';
import { activities, canonicalChannel, channels } from '../../payload/channels.js';
import { offerCaptures, offerProfiles } from './from-store.js';
import { shellNames } from './shells.js';
import type { Offers, Suggestion } from './suggestions.js';
import { type TypedLine, takesValue } from './typed-line.js';

/** What can stand where the cursor is. Nothing that goes wrong here is worth a word in the prompt. */
export async function offersAt(line: TypedLine, context: CommandContext): Promise<Offers> {
  const { awaits, command, program } = line;
  if (awaits === 'option') return offerOptions(line);
  if (awaits !== 'argument') return offerValues(awaits, line, context);
  if (command !== program) {
    return (await argumentOffers[command.name()]?.(line, context)) ?? [];
  }
  return program.commands.map((each) => ({ value: each.name(), says: each.summary() }));
}

function offerOptions({ command, program }: TypedLine): Suggestion[] {
  const help = program.createHelp();
  const own = command === program ? [] : help.visibleOptions(command);
  return [...own, ...help.visibleOptions(program)].flatMap(({ long, description }) =>
    long ? [{ value: long, says: description }] : [],
  );
}

type Offer = (line: TypedLine, context: CommandContext) => Offers | Promise<Offers>;

/** What the value of an option can be; nothing: whatever the user likes, and no file. */
function offerValues(
  option: Option,
  line: TypedLine,
  context: CommandContext,
): Offers | Promise<Offers> {
  if (option.argChoices) return named(option.argChoices);
  if (/<file>/.test(option.flags)) return 'files';
  if (/<folder>/.test(option.flags)) return 'folders';
  return valueOffers[option.attributeName()]?.(line, context) ?? [];
}

/** Options of the same name mean the same in every command. */
const valueOffers: Readonly<Record<string, Offer>> = {
  channel: (line) => listed(orAll(channels, line), line.current),
  event: (line) => listed(orAll(activitiesOf(line, 'channel'), line), line.current),
  forwardChannel: (line) => listed(named(channels), line.current),
  forwardEvent: (line) => listed(named(activitiesOf(line, 'forwardChannel')), line.current),
  only: async (line) => listed(await offerChecks(), line.current),
  skip: async (line) => listed(await offerChecks(), line.current),
  outcome: (line) => listed(named(outcomes), line.current),
  state: (line) =>
    listed(named(deliveryStates.map((state) => state.replace(' ', '-'))), line.current),
  like: offerCaptures,
  profile: offerProfiles,
  speed: () => named(['1x', '10x', 'max']),
  tz: () => named([...new Set(['Asia/Kolkata', 'UTC', ...Intl.supportedValuesOf('timeZone')])]),
};

/** What the arguments of a command can be. */
export const argumentOffers: Readonly<Record<string, Offer>> = {
  replay: offerCaptures,
  history: async (line, context) => {
    const [word] = line.words;
    if (word === 'import') return 'files';
    if (word === 'show' || word === 'export') return offerCaptures(line, context);
    if (word !== undefined) return [];
    const { historyWords } = await import('../history/request.js');
    return [...named(historyWords), ...(await offerCaptures(line, context))];
  },
  queue: async (line, context) => {
    const [word] = line.words;
    if (word === 'retry' || word === 'drop') return offerCaptures(line, context);
    if (word !== undefined) return [];
    const { queueWords } = await import('../queue/request.js');
    return named(queueWords);
  },
  samples: ({ words: [channel, activity] }) => {
    if (channel === undefined) return named(channels);
    const known = canonicalChannel(channel);
    return known && activity === undefined ? named(activities[known]) : [];
  },
  inspect: (line, context) => (line.words.length === 0 ? offerCaptures(line, context) : []),
  decode: () => 'files',
  encode: () => 'files',
  config: ({ words, program }) =>
    words.length === 0 ? named(program.commands.map((each) => each.name())) : [],
  completion: ({ words }) => (words.length === 0 ? named(shellNames) : []),
};

function named(names: readonly string[]): Suggestion[] {
  return names.map((value) => ({ value }));
}

/** What sends samples takes `all` as well, and what filters has no word for it. */
function orAll(names: readonly string[], { command }: TypedLine): Suggestion[] {
  const sends = ['send', 'test-endpoint'].includes(command.name());
  return named(sends ? [...names, 'all'] : names);
}

function activitiesOf({ values }: TypedLine, option: string): string[] {
  const typed = (values.get(option) ?? []).flatMap((value) => value.split(','));
  const chosen = typed.flatMap((name) => canonicalChannel(name) ?? []);
  return [...new Set((chosen.length > 0 ? chosen : channels).flatMap((each) => activities[each]))];
}

/** A list with commas goes on after the last: what it names already is not offered again. */
function listed(names: readonly Suggestion[], current: string): Suggestion[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  const taken = before.split(',');
  return names
    .filter(({ value }) => !taken.includes(value))
    .map(({ value, says }) => ({ value: `${before}${value}`, says }));
}

async function offerChecks(): Promise<Suggestion[]> {
  const { checks } = await import('../../readiness/checks.js');
  return checks.map(({ id, title }) => ({ value: id, says: title }));
}

/** Whether somebody thought of what an option's value can be; the others take anything. */
export function isCompleted(option: Option): boolean {
  return (
    !takesValue(option) ||
    option.argChoices !== undefined ||
    /<(?:file|folder)>/.test(option.flags) ||
    Object.hasOwn(valueOffers, option.attributeName())
  );
}
