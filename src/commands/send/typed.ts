import type { PrintForm } from '../../cli/print-option.js';
import type { Setting } from '../../cli/setting.js';

/** The flags in command.ts, and what the environment says of where to and as whom. */
export interface TypedSend {
  readonly channel: readonly string[];
  readonly event: readonly string[];
  readonly to: Setting | undefined;
  readonly auth: Setting | undefined;
  readonly header: readonly string[];
  readonly count?: string;
  readonly batch?: string;
  readonly rate?: string;
  readonly concurrency: string;
  readonly set: readonly string[];
  readonly add: readonly string[];
  readonly unset: readonly string[];
  readonly panel?: string;
  readonly tz?: string;
  readonly verbatim?: boolean;
  readonly seed?: string;
  readonly data?: string;
  readonly raw?: string;
  readonly like?: string;
  readonly timeout: string;
  readonly insecure?: boolean;
  readonly print?: PrintForm;
  readonly yes?: boolean;
}
