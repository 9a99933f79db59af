import type { CommandContext } from '../../cli/command.js';
import { targetUrl } from '../../cli/option-values.js';
import { activities, channels } from '../../payload/channels.js';
import { Problem, problem } from '../../problems/problem.js';
import { chooseSamples } from '../choose-samples.js';
import { defaultTarget } from '../default-target.js';
import type { TypedSend } from './typed.js';

/** When nothing says what to send, asks for it, for where to and as whom. */
export async function askForMissing(typed: TypedSend, context: CommandContext): Promise<TypedSend> {
  const given = [typed.data, typed.raw, typed.like].some((value) => value !== undefined);
  if (typed.channel.length > 0 || given) return typed;
  const { canAsk, askChoice, askText, askPassword } = await import('../../cli/prompts.js');
  if (!canAsk(context)) {
    throw problem('needs_terminal', {
      what: 'What to send',
      flag: '--channel, --data, --raw or --like',
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
    typed.event.length > 0 || offered.length === 1
      ? typed.event
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
  const answers = { ...typed, channel: [channel], event };
  if (typed.print !== undefined) return answers;
  const to = typed.to ?? {
    name: '--to',
    value: await askText(
      { message: 'URL', suggested: await defaultTarget(context), check: wrongUrl },
      context,
    ),
  };
  if (typed.auth !== undefined || targetUrl(to.name, to.value).credentials) {
    return { ...answers, to };
  }
  const user = await askText({ message: 'User (empty for none)' }, context);
  if (user === '') return { ...answers, to };
  // As with --auth, a file or a password may already be in it.
  const whole = user.startsWith('@') || user.includes(':');
  const value = whole ? user : `${user}:${await askPassword('Password', context)}`;
  return { ...answers, to, auth: { name: '--auth', value } };
}

/** What is wrong with a URL, for the one who types it. */
function wrongUrl(text: string): string | undefined {
  try {
    targetUrl('--to', text);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.hint;
    throw error;
  }
}
