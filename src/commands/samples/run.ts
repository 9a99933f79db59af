import { planCall } from '../../call/plan-call.js';
import type { CommandContext, CommandInput } from '../../cli/command.js';
import type { PrintForm } from '../../cli/options/calling.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { samplesOptions } from '../../cli/options/sending.js';
import { reporter } from '../../cli/reporter.js';
import { JsonText } from '../../output/json-text.js';
import { formBytes } from '../../payload/form-codec.js';
import { exitCodes } from '../../problems/exit-codes.js';
import { problem } from '../../problems/problem.js';
import { listSamples, type Sample } from '../../sample-files.js';
import { chooseSamples } from '../../sending/choose-samples.js';
import { defaultUrl } from '../../sending/default-target.js';
import { type PrintableCall, printedCall } from '../../sending/print-call.js';
import { readVersion } from '../../version.js';
import { createSamplesView, type SamplesNotice } from './view.js';

type SamplesInput = CommandInput<OptionValues<typeof samplesOptions>>;

/** Lists the samples, prints one, or prints the schema of a payload. */
export async function runSamples(input: SamplesInput, context: CommandContext): Promise<number> {
  const request = readRequest(input);
  const emit = reporter<SamplesNotice>(context, await createSamplesView(context));
  switch (request.kind) {
    case 'list':
      for (const { channel, activity, source } of listSamples()) {
        emit({ type: 'sample', channel, activity, source });
      }
      break;
    case 'print':
      for (const sample of chooseSamples([request.channel], request.activities, argumentNames)) {
        emit(printedCall(request.print, callOf(sample)));
      }
      break;
    case 'schema': {
      const { payloadJsonSchema } = await import('../../payload/schema.js');
      emit({ type: 'json_schema', json_schema: new JsonText(JSON.stringify(payloadJsonSchema())) });
      break;
    }
  }
  return exitCodes.done.code;
}

const argumentNames = { channel: 'The channel', activity: 'The activity' };

/** The call to a listener on the default port. */
function callOf({ payload }: Sample): PrintableCall {
  const json = JSON.stringify(payload);
  const body = formBytes(json);
  const userAgent = `netcore-hook/${readVersion()}`;
  return {
    call: planCall({ url: new URL(defaultUrl), body, userAgent }),
    json,
    events: Object.values(payload).flat().length,
    insecure: false,
  };
}

type Request =
  | { readonly kind: 'list' | 'schema' }
  | {
      readonly kind: 'print';
      readonly channel: string;
      readonly activities: readonly string[];
      readonly print: PrintForm;
    };

function readRequest({ words, options }: SamplesInput): Request {
  const [channel, activity] = words;
  if (options.schema) {
    if (channel === undefined && options.print === undefined) return { kind: 'schema' };
    throw problem('usage', {
      message: '--schema describes every payload and takes neither a channel nor --print.',
      hint: 'Try: netcore-hook samples --schema',
    });
  }
  if (channel === undefined) {
    if (options.print === undefined) return { kind: 'list' };
    throw problem('usage', {
      message: '--print requires the name of a sample.',
      hint: `Try: netcore-hook samples email --print ${options.print}`,
    });
  }
  const print = options.print ?? 'json';
  return { kind: 'print', channel, activities: activity === undefined ? [] : [activity], print };
}
