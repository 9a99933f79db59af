import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { simulateOptions, simulatePrintForms } from '../../cli/options/simulating.js';
import { notCombined } from '../../cli/reject-arguments.js';
import type { CallRules } from '../../journeys/call-rules.js';
import type { Journey } from '../../journeys/journey.js';
import { type RunPlan, runCalls } from '../../journeys/plan-run.js';
import { createFunnel } from '../../journeys/walk-contact.js';
import type { Contact } from '../../payload/build/contacts.js';
import type { WallClock } from '../../payload/build/wall-clock.js';
import { normalContact } from '../../payload/event-key.js';
import { problem } from '../../problems/problem.js';
import { type CallTarget, readCallTarget } from '../../sending/call-target.js';
import { chooseContacts } from '../../sending/choose-contacts.js';
import { defaultTarget } from '../../sending/default-target.js';
import { chooseJourney } from './choose-journey.js';

export type SimulateInput = CommandInput<OptionValues<typeof simulateOptions>>;

export interface Simulation {
  /** The journey as it was named: a built-in one, or a file. */
  readonly name: string;
  readonly journey: Journey;
  readonly plan: RunPlan;
  /** The start of the simulated clock, in milliseconds since 1970. */
  readonly start: number;
  readonly panel: string;
  readonly clock: (moment: number) => WallClock;
  readonly contactOf: (index: number) => Contact;
  readonly isInvented: boolean;
  /** Contacts by index, whose events may have the key of another contact's. */
  readonly sharedContacts: ReadonlySet<number>;
  /** The file that names real people. */
  readonly contactsFile: string | undefined;
  /** Undefined when no option asks for them. */
  readonly rules: CallRules | undefined;
  readonly truth: string | undefined;
}

export interface SimulationTarget extends CallTarget {
  readonly rate: number | undefined;
  /** The factor of the simulated clock; undefined: without pauses. */
  readonly speed: number | undefined;
  readonly concurrency: number;
  readonly print: (typeof simulatePrintForms)[number] | undefined;
  readonly yes: boolean;
}

export async function readSimulation(
  input: SimulateInput,
  context: CommandContext,
): Promise<Simulation> {
  refuseConflicts(input);
  const { options, words } = input;
  const { host } = context;
  const { name, journey } = await chooseJourney(words[0], options.channel, context);
  const contacts = await readChosenContacts(options.contacts, context);
  const { outage, retries, over: overMs } = options;
  if (outage !== undefined && outage > overMs) {
    throw problem('usage', {
      message: '--outage is longer than --over, which it is a part of.',
      hint: 'Shorten --outage, or extend --over.',
    });
  }
  const now = host.now();
  // Events have whole seconds.
  const start = Math.floor((options.start?.(now) ?? now) / 1000) * 1000;
  const plan: RunPlan = {
    journey,
    seed: options.seed ?? randomSeed(host.randomBytes(4)),
    contacts: contacts.count,
    overMs,
    batchEveryMs: options.batchEvery,
    batchMax: options.batchMax,
    duplicates: options.duplicates,
    late: options.late,
    isMember: membership(journey, contacts),
    canReach: reachability(contacts),
  };
  const rules: CallRules = {
    outage: outage === undefined ? undefined : outageOf(plan, outage),
    disableAfter: options.disableAfter ?? (outage === undefined ? undefined : 1),
    retries,
  };
  return {
    ...{ name, journey, plan, start, panel: options.panel ?? testPanel, clock: options.tz },
    contactOf: contacts.at,
    isInvented: contacts.file === undefined,
    sharedContacts: sharedContacts(contacts),
    contactsFile: contacts.file,
    rules: Object.values(rules).some((rule) => rule !== undefined) ? rules : undefined,
    truth: options.truth,
  };
}

const testPanel = 'netcore_hook_test';

/** In the middle of `over`, counted from the first call: a journey may begin with a long wait. */
function outageOf(plan: RunPlan, outageMs: number): CallRules['outage'] {
  const first = runCalls(plan, createFunnel(plan.journey)).next();
  const from = (first.done ? 0 : first.value.at) + Math.floor((plan.overMs - outageMs) / 2);
  return { from, until: from + outageMs };
}

/** Resolves the target; calls `warn` for risky options. */
export async function readTarget(
  input: SimulateInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<SimulationTarget> {
  const { options } = input;
  const { print, rate, yes } = options;
  const speed = options.speed === 'max' ? undefined : options.speed;
  if (speed !== undefined && rate !== undefined) throw notCombined('--speed', '--rate');
  const isPrinted = print !== undefined;
  const fallback = () => defaultTarget(context);
  const target = await readCallTarget(input, fallback, { context, isPrinted, warn });
  const concurrency = options.concurrency ?? (speed === undefined ? 1 : 16);
  return { ...target, rate, speed, concurrency, print, yes };
}

type ChosenContacts = Awaited<ReturnType<typeof chooseContacts>>;

const maxContacts = 10_000_000;

async function readChosenContacts(typed: string, context: CommandContext): Promise<ChosenContacts> {
  const chosen = await chooseContacts(typed, maxContacts, context);
  if (chosen.file === undefined) return chosen;
  const list = Array.from({ length: chosen.count }, (_, index) => {
    const contact = chosen.at(index);
    return { ...contact, attributes: upperCased(contact.attributes) };
  });
  return { ...chosen, at: (index) => list[index] ?? chosen.at(index) };
}

/** The contacts of a file that share an address, a number or an id with another one. */
function sharedContacts({ at, count, file }: ChosenContacts): ReadonlySet<number> {
  const shared = new Set<number>();
  const firstWith = new Map<string, number>();
  for (let index = 0; file !== undefined && index < count; index += 1) {
    const { email, mobile, id = '' } = at(index);
    for (const each of new Set([email, mobile, id].map(normalContact))) {
      const first = firstWith.get(each);
      if (each === '' || first === undefined) firstWith.set(each, index);
      else shared.add(first).add(index);
    }
  }
  return shared;
}

/** As the panel names attributes. */
function upperCased(attributes: Contact['attributes']): Contact['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.toUpperCase(), value]),
  );
}

/** The columns of a contacts file decide who meets a condition on attributes. */
function membership({ start }: Journey, { at, file }: ChosenContacts): RunPlan['isMember'] {
  const where = Object.entries(upperCased(start.where));
  const columns = file === undefined ? {} : at(0).attributes;
  if (where.length === 0 || !where.every(([name]) => Object.hasOwn(columns, name))) {
    return () => undefined;
  }
  return (contact) => {
    const { attributes } = at(contact);
    return where.every(([name, value]) => attributes[name]?.toLowerCase() === value.toLowerCase());
  };
}

/** Push messages go to devices, of which a contacts file says nothing. */
function reachability({ at, file }: ChosenContacts): RunPlan['canReach'] {
  if (file === undefined) return () => true;
  return (contact, channel) => {
    const { email, mobile } = at(contact);
    if (channel === 'email') return email !== '';
    return channel === 'apn' || channel === 'bpn' || mobile !== '';
  };
}

function randomSeed([a = 0, b = 0, c = 0]: Uint8Array): number {
  return (a << 16) | (b << 8) | c;
}

type Option = keyof SimulateInput['options'];

/** Options that would make others ineffective. */
const conflicts: readonly (readonly [option: Option, others: readonly Option[]])[] = [
  ['print', ['dryRun', 'truth', 'outage', 'disableAfter', 'retries', 'speed', 'rate']],
  ['dryRun', ['truth', 'speed', 'rate']],
];

function refuseConflicts({ from, options }: SimulateInput): void {
  const isGiven = (option: Option) => options[option] !== undefined && from(option).kind === 'flag';
  for (const [option, others] of conflicts) {
    const other = isGiven(option) ? others.find(isGiven) : undefined;
    if (other !== undefined) throw notCombined(flagOf(option), flagOf(other));
  }
}

function flagOf(option: Option): string {
  return `--${option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
