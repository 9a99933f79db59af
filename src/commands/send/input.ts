import type { CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { sendOptions } from '../../cli/options/sending.js';

/** What `send` was told. */
export type SendInput = CommandInput<OptionValues<typeof sendOptions>>;
