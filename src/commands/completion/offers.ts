import type { Option } from 'commander';
import type { CommandContext } from '../../cli/command.js';
import { type Completion, rowOf } from '../../cli/options/option.js';
import { activities, canonicalChannel, channels } from '../../payload/channels.js';
import { offerCaptures, offerProfiles } from './from-store.js';
import type { PartialLine } from './partial-line.js';
import type { Offers, Suggestion } from './suggestions.js';

/** The suggestions at the cursor. Errors yield none, since a prompt cannot show them. */
export async function offersAt(line: PartialLine, context: CommandContext): Promise<Offers> {
  const { awaits, node, tree, words } = line;
  if (awaits === 'option') return offerOptions(line);
  if (awaits !== 'argument') return offerValues(awaits, line, context);
  const commands = node ? node.verbs : tree.nodes;
  const verbs = node && words.length > 0 ? [] : commands.map(({ definition }) => definition);
  const named = verbs.map(({ name, summary }) => ({ value: name, description: summary }));
  const parts = node?.body.arguments ?? [];
  const last = parts.at(-1);
  const part = parts[words.length] ?? (last?.name.includes('...') ? last : undefined);
  if (part?.completion === undefined) return named;
  const offers = await offersOf(part.completion, line, context, (words[0] ?? '').split(','));
  return typeof offers === 'string' ? offers : [...named, ...offers];
}

function offerOptions({ node, tree: { program } }: PartialLine): Suggestion[] {
  const help = program.createHelp();
  const own = node ? help.visibleOptions(node.taking) : [];
  return [...own, ...help.visibleOptions(program)].flatMap(({ long, description }) =>
    long ? [{ value: long, description }] : [],
  );
}

/**
 * The suggestions for an option's value; empty for free text, so that shells do not offer files.
 */
async function offerValues(
  option: Option,
  line: PartialLine,
  context: CommandContext,
): Promise<Offers> {
  const row = rowOf(option);
  const { kind } = row ?? {};
  const completion = (kind?.form === 'text' ? kind.choices : undefined) ?? row?.completion;
  if (completion === undefined) return [];
  const typed = (line.values.get(channelOptionOf(option)) ?? []).flatMap((value) =>
    value.split(','),
  );
  const offers = await offersOf(completion, line, context, typed);
  const isList = kind?.form === 'list' && kind.commas;
  return typeof offers === 'string' || !isList ? offers : listed(offers, line.current);
}

/** The option that selects channels for an option that selects activities. */
function channelOptionOf(option: Option): string {
  return option.attributeName().startsWith('forward') ? 'forwardChannel' : 'channel';
}

/** `typed`: the channels whose activities to offer. */
async function offersOf(
  completion: Completion,
  line: PartialLine,
  context: CommandContext,
  typed: readonly string[],
): Promise<Offers> {
  switch (completion) {
    case 'files':
    case 'folders':
      return completion;
    case 'captures':
      return offerCaptures(line, context);
    case 'profiles':
      return offerProfiles(line, context);
    case 'channels':
      return named(channels);
    case 'channels or all':
      return named([...channels, 'all']);
    case 'activities':
      return named(activitiesOf(typed));
    case 'activities or all':
      return named([...activitiesOf(typed), 'all']);
    case 'journeys': {
      const { journeyNames } = await import('../../sample-files.js');
      return named(journeyNames());
    }
    case 'commands':
      return named(line.tree.nodes.map(({ path }) => path));
    case 'checks': {
      const { checks } = await import('../../readiness/checks.js');
      return checks.map(({ id, title }) => ({ value: id, description: title }));
    }
    case 'codes': {
      const { readExplanations } = await import('../../explanations.js');
      return readExplanations().map(({ code, kind }) => ({ value: code, description: kind }));
    }
    case 'zones':
      return named([...new Set(['Asia/Kolkata', 'UTC', ...Intl.supportedValuesOf('timeZone')])]);
    default:
      return named(completion);
  }
}

function named(names: readonly string[]): Suggestion[] {
  return names.map((value) => ({ value }));
}

function activitiesOf(typed: readonly string[]): string[] {
  const chosen = typed.flatMap((name) => canonicalChannel(name) ?? []);
  return [...new Set((chosen.length > 0 ? chosen : channels).flatMap((each) => activities[each]))];
}

/** Completes the last item of a comma-separated list, without the items that it already has. */
function listed(names: readonly Suggestion[], current: string): Suggestion[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  const taken = before.split(',');
  return names
    .filter(({ value }) => !taken.includes(value))
    .map(({ value, description }) => ({ value: `${before}${value}`, description }));
}
