import type { QueueAdmin } from '../../call/queue-admin.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { StoreFiles } from '../../store/folder.js';
import type { History } from '../../store/history.js';
import type { QueueCommandNotice } from './view.js';

export interface Opened {
  readonly files: StoreFiles;
  readonly admin: QueueAdmin;
  /** Resolves captures; undefined when there is no store or nothing to resolve. */
  readonly history: History | undefined;
  readonly context: CommandContext;
  readonly emit: Emit<QueueCommandNotice>;
}
