import { resolve } from 'node:path';
import type { HeaderPairs } from '../../call/call.js';
import type { Credentials } from '../../call/plan-call.js';
import type { CommandContext } from '../../cli/command.js';
import { nearestAuth, readCredentials } from '../../cli/credentials.js';
import { targetUrl } from '../../cli/options/values.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import type { FrameworkId } from '../../readiness/frameworks/framework.js';
import { type Suite, suites } from '../../readiness/suites.js';
import type { Sample } from '../../sample-files.js';
import { chooseSamples } from '../../sending/choose-samples.js';
import { type AskedOptions, readAskedOptions } from './asked-options.js';
import type { TestEndpointInput } from './input.js';

export interface TestEndpointOptions {
  readonly url: URL;
  readonly credentialsInUrl: boolean;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  readonly samples: readonly Sample[];
  /** undefined: the samples' own panel. */
  readonly panel: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  readonly waitMs: number | undefined;
  readonly checks: readonly Check[];
  /** undefined: recognized from the answers. */
  readonly framework: FrameworkId | undefined;
  readonly yes: boolean;
  /** Absolute paths; undefined: run once. */
  readonly watch: readonly string[] | undefined;
  readonly asked: AskedOptions;
}

/** Resolves the options; calls `warn` for risky ones. */
export async function readTestEndpointOptions(
  input: TestEndpointInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<TestEndpointOptions> {
  const { options: values } = input;
  const target = readTarget(input);
  const { url, credentials: fromUrl } = target;
  const auth = nearestAuth(target, input);
  const { channel, panel, wait: waitMs, framework, yes, insecure } = values;
  return {
    url,
    credentialsInUrl: fromUrl !== undefined,
    headers: values.header,
    samples: chooseSamples(channel.length > 0 ? channel : ['email'], []),
    timeout: Math.max(1, values.timeout),
    ...{ panel, insecure, waitMs, framework, yes },
    checks: chooseChecks(input),
    watch: readWatch(input, context),
    asked: await readAskedOptions(input, url, context, warn),
    // Last, since it may prompt for a password: other errors come first.
    credentials: auth === undefined ? fromUrl : await readCredentials(auth, context, warn),
  };
}

function readWatch(
  { options, from }: TestEndpointInput,
  { host }: CommandContext,
): readonly string[] | undefined {
  if (from('watch').kind !== 'flag') return undefined;
  if (options.soak !== undefined) {
    throw problem('usage', {
      message: '--watch cannot run with --soak, which lasts for one long run.',
      hint: 'Remove one of them.',
    });
  }
  const { watch } = options;
  return watch.length === 0 ? [host.cwd] : watch.map((path) => resolve(host.cwd, path));
}

function readTarget({ words: [word], options, from }: TestEndpointInput) {
  if (word !== undefined && from('to').kind === 'flag') {
    throw problem('usage', {
      message: 'The endpoint was passed twice: as an argument and with --to.',
      hint: 'Remove one of them.',
    });
  }
  const target = word === undefined ? options.to : targetUrl('The URL', word);
  if (target) return target;
  if (options.watch.some((path) => /^:?\d+\/|^https?:/.test(path))) {
    throw problem('usage', {
      message: '--watch took the URL for a path: it takes all words behind it.',
      hint: 'Put the URL first: netcore-hook test-endpoint :3000/hook --watch src',
    });
  }
  throw problem('usage', {
    message: 'The URL of the endpoint is missing.',
    hint: 'Try: netcore-hook test-endpoint :3000/hook',
  });
}

/** The suite's checks without `--skip`, or the checks of `--only` from any suite. */
function chooseChecks({ options, from }: TestEndpointInput): Check[] {
  const { suite } = options;
  const only = knownChecks(from('only').name, options.only);
  const skip = knownChecks(from('skip').name, options.skip);
  const chosen = checks.filter(
    (check) =>
      (only.length === 0 ? isOf(check, suite) : only.includes(check.id)) &&
      !skip.includes(check.id),
  );
  if (chosen.length > 0) return chosen;
  throw problem('usage', {
    message: '--only and --skip leave no check to run.',
    hint: 'Try: netcore-hook test-endpoint --list',
  });
}

function isOf(check: Check, suite: Suite): boolean {
  return suites.indexOf(check.suite) <= suites.indexOf(suite);
}

function knownChecks(option: string, names: readonly string[]): string[] {
  const ids = checks.map(({ id }) => id);
  return names.map((name) => {
    const id = name.toLowerCase().replaceAll('-', '_');
    if (ids.includes(id)) return id;
    const suggestion = nearest(id, ids);
    throw problem('invalid_value', {
      what: option,
      value: name,
      reason: 'the check is unknown',
      hint: suggestion ? `Did you mean "${suggestion}"?` : `Checks: ${ids.join(', ')}.`,
    });
  });
}
