import type { QueueAdmin } from '../../call/queue-admin.js';
import type { CommandContext } from '../../cli/command.js';
import type { Emit } from '../../cli/reporter.js';
import type { StoreFiles } from '../../store/folder.js';
import type { History } from '../../store/history.js';
import type { QueueCommandNotice } from './view.js';

/** What `queue` looks at, with what, and where it says so. */
export interface Opened {
  readonly files: StoreFiles;
  readonly admin: QueueAdmin;
  /** Finds the captures that are meant; undefined: there is none, or it has nothing to find. */
  readonly history: History | undefined;
  readonly context: CommandContext;
  readonly emit: Emit<QueueCommandNotice>;
}
