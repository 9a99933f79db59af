import type { CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { sendOptions } from '../../cli/options/sending.js';

export type SendInput = CommandInput<OptionValues<typeof sendOptions>>;
