import type { CommandInput } from '../../cli/command.js';
import type { OptionValues } from '../../cli/options/option.js';
import type { testEndpointOptions } from '../../cli/options/proving.js';

export type TestEndpointInput = CommandInput<OptionValues<typeof testEndpointOptions>>;
