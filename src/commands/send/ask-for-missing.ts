import type { CommandContext } from '../../cli/command.js';
import { targetUrl } from '../../cli/options/values.js';
import { activities, canonicalActivity, channels } from '../../payload/channels.js';
import { nearest } from '../../problems/nearest.js';
import { Problem, problem } from '../../problems/problem.js';
import { chooseSamples } from '../../sending/choose-samples.js';
import { defaultTarget } from '../../sending/default-target.js';
import type { SendInput } from './input.js';

/** Prompts for content, target and credentials when no content option is given. */
export async function askForMissing(input: SendInput, context: CommandContext): Promise<SendInput> {
  const { options } = input;
  const given = [options.data, options.raw, options.like].some((value) => value !== undefined);
  if (options.channel.length > 0 || given) return input;
  const { canAsk, askChoice, askText, askPassword } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem('needs_terminal', {
      what: 'What to send',
      flag: '--channel, --data, --raw or --like',
      also: channelHint(options.event),
      json: context.global.json,
    });
  }
  const channel = await askChoice(
    { message: 'Channel', choices: channels.map((value) => ({ value, name: value })) },
    context,
  );
  const [documented] = chooseSamples([channel], []);
  const offered: readonly string[] = activities[channel];
  const event =
    options.event.length > 0 || offered.length === 1
      ? options.event
      : [
          await askChoice(
            {
              message: 'Activity',
              choices: offered.map((value) => ({ value, name: value })),
              suggested: documented?.activity,
            },
            context,
          ),
        ];
  const answered = (answers: Partial<SendInput['options']>): SendInput => ({
    ...input,
    options: { ...options, channel: [channel], event, ...answers },
  });
  if (options.print !== undefined) return answered({});
  const to =
    options.to ??
    targetUrl(
      '--to',
      await askText(
        { message: 'URL', suggested: await defaultTarget(context), check: wrongUrl },
        context,
      ),
    );
  if (options.auth !== undefined || to.credentials) return answered({ to });
  const user = await askText({ message: 'User (empty for none)' }, context);
  if (user === '') return answered({ to });
  // As with --auth, it may already contain a file or a password.
  const whole = user.startsWith('@') || user.includes(':');
  const value = whole ? user : `${user}:${await askPassword('Password', context)}`;
  return answered({ to, auth: { name: '--auth', value } });
}

/** The channels whose samples have this activity, or the nearest one. */
function channelHint([typed, ...more]: readonly string[]): string {
  if (typed === undefined || more.length > 0) return '';
  const all = Object.values(activities).flat();
  const activity = canonicalActivity(typed) ?? nearest(typed, all);
  const having = channels.filter((name) => activities[name].some((each) => each === activity));
  return having.length === 0 ? '' : ` Try: netcore-hook send -c ${having.join(',')} -e ${activity}`;
}

/** The hint for an invalid URL. */
function wrongUrl(text: string): string | undefined {
  try {
    targetUrl('--to', text);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.hint;
    throw error;
  }
}
