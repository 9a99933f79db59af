import type { Capture } from '../../call/call.js';
import type { CaptureStory } from '../../call/story.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { RedactionOptions } from '../redaction.js';
import type { HistoryNotice } from './view.js';

type CaptureRedactor = (
  capture: Capture,
  story: CaptureStory,
) => { readonly capture: Capture; readonly story: CaptureStory };

/**
 * Returns a function that redacts captures as requested, and warns about what it could not keep.
 */
export async function captureRedactor(
  options: RedactionOptions,
  context: CommandContext,
  emit: Emit<HistoryNotice>,
): Promise<CaptureRedactor> {
  if (!options.redact && options.redactKey === undefined) {
    return (capture, story) => ({ capture, story });
  }
  const { readRedaction, redactCapture } = await import('../redaction.js');
  const hash = await readRedaction(options, context);
  if (hash === undefined) return (capture, story) => ({ capture, story });
  return (capture, story) => {
    const { warning, ...redacted } = redactCapture(capture, story, hash);
    if (warning) emit(warning);
    return redacted;
  };
}
