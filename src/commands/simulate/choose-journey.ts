import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command.js';
import { readTextFile } from '../../cli/input.js';
import type { Journey } from '../../journeys/journey.js';
import type { MessageChannel } from '../../journeys/journey-schema.js';
import { readJourney } from '../../journeys/read-journey.js';
import { nearest } from '../../problems/nearest.js';
import { problem } from '../../problems/problem.js';
import { journeyNames, journeyText } from '../../sample-files.js';

const defaultJourney = 'abandoned-cart';

/** A built-in journey by its name, or the one of a file. */
export async function chooseJourney(
  word: string | undefined,
  channel: MessageChannel | undefined,
  { host }: CommandContext,
): Promise<{ readonly name: string; readonly journey: Journey }> {
  const name = word ?? defaultJourney;
  const names = journeyNames();
  if (names.includes(name)) return { name, journey: readJourney(journeyText(name), name, channel) };
  if (!/[./\\]/.test(name)) {
    const suggestion = nearest(name, names);
    throw problem('usage', {
      message: `There is no journey "${name}".`,
      hint: suggestion
        ? `Did you mean ${suggestion}?`
        : `Journeys: ${names.join(', ')}. Pass a file of your own as ./${name}.`,
    });
  }
  const text = await readTextFile(resolve(host.cwd, name));
  return { name, journey: readJourney(text, name, channel) };
}
