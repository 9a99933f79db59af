import type { HeaderPairs } from '../../call/call.js';
import { type Credentials, parseHeader } from '../../call/plan-call.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import { readCredentials } from '../../cli/credentials.js';
import {
  commaList,
  duration,
  longestTimer,
  panelName,
  targetUrl,
} from '../../cli/option-values.js';
import { noPresets, readSetting } from '../../cli/setting.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import type { FrameworkId } from '../../readiness/frameworks/framework.js';
import { type Suite, suites } from '../../readiness/suites.js';
import type { Sample } from '../../sample-files.js';
import { chooseSamples } from '../choose-samples.js';
import { type AskedOptions, readAskedOptions } from './asked-options.js';

export interface TestEndpointOptions {
  readonly url: URL;
  readonly credentialsInUrl: boolean;
  readonly credentials: Credentials | undefined;
  readonly headers: HeaderPairs;
  readonly samples: readonly Sample[];
  /** undefined: the one of the samples. */
  readonly panel: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  /** Milliseconds. */
  readonly wait: number | undefined;
  readonly checks: readonly Check[];
  /** undefined: the one that the answers give away. */
  readonly framework: FrameworkId | undefined;
  readonly yes: boolean;
  readonly asked: AskedOptions;
}

/** commander's own reading of the flags in command.ts. */
interface Typed {
  readonly auth?: string;
  readonly channel?: readonly string[];
  readonly panel?: string;
  readonly header?: readonly string[];
  readonly timeout: string;
  readonly insecure?: boolean;
  readonly wait?: string;
  readonly suite: Suite;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly framework?: FrameworkId;
  readonly yes?: boolean;
}

/** Works out what was typed; `warn` is told what is risky but not wrong. */
export async function readTestEndpointOptions(
  { words, options }: CommandInput,
  context: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<TestEndpointOptions> {
  const typed = options as unknown as Typed;
  const { presets } = context;
  const target = readSetting('The URL', words[0], 'NETCORE_HOOK_TO', presets);
  if (target === undefined) {
    throw problem('usage', {
      message: 'The URL of the endpoint is not given.',
      hint: 'Try: netcore-hook test-endpoint :3000/hook',
    });
  }
  const { url, credentials: fromUrl } = targetUrl(target.name, target.value);
  // What the URL says was typed; the environment comes after it.
  const auth = readSetting(
    '--auth',
    typed.auth,
    'NETCORE_HOOK_AUTH',
    fromUrl ? noPresets : presets,
  );
  const panel = readSetting('--panel', typed.panel, 'NETCORE_HOOK_PANEL', presets);
  return {
    url,
    credentialsInUrl: fromUrl !== undefined,
    headers: (typed.header ?? []).map((header) => parseHeader('--header', header)),
    samples: chooseSamples(typed.channel ?? ['email'], []),
    panel: panel && panelName(panel.name, panel.value),
    timeout: Math.max(1, duration('--timeout', typed.timeout, longestTimer)),
    insecure: typed.insecure === true,
    wait: typed.wait === undefined ? undefined : duration('--wait', typed.wait, longestTimer),
    checks: chooseChecks(typed.suite, typed.only ?? [], typed.skip ?? []),
    framework: typed.framework,
    yes: typed.yes === true,
    asked: await readAskedOptions(options, url, context),
    // Last, since it may ask for a password: what is wrong elsewhere is said before.
    credentials:
      auth === undefined ? fromUrl : await readCredentials(auth.name, auth.value, context, warn),
  };
}

/** The suite's checks without those of `--skip`, or those of `--only`, whatever their suite. */
function chooseChecks(
  suite: Suite,
  typedOnly: readonly string[],
  typedSkip: readonly string[],
): Check[] {
  const only = knownChecks('--only', typedOnly);
  const skip = knownChecks('--skip', typedSkip);
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

function knownChecks(option: string, typed: readonly string[]): string[] {
  const ids = checks.map(({ id }) => id);
  return commaList(typed, option).map((name) => {
    const id = name.toLowerCase().replaceAll('-', '_');
    if (ids.includes(id)) return id;
    const meant = nearest(id, ids);
    throw problem('invalid_value', {
      what: option,
      value: name,
      reason: 'there is no such check',
      hint: meant ? `Did you mean "${meant}"?` : `Checks: ${ids.join(', ')}.`,
    });
  });
}
