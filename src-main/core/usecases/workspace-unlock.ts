import { appendSessionEntry } from '../ledger/session-entry.ts';
import { unlockWorkspace } from '../store/workspace.ts';
import type { Handler } from './context.ts';
import { workspaceInfoOf } from './workspace-info-of.ts';

/** Opens a workspace in place of the one that is open; a failed attempt leaves that one open. */
export const workspaceUnlock: Handler<'workspace.unlock'> = async (context, input, job) => {
  job.report({ phase: 'keys', done: 0, total: 1, unit: 'steps' });
  const workspace = await unlockWorkspace({
    folder: context.grants.resolve(input.folder),
    ...(input.passphrase === undefined ? {} : { passphrase: input.passphrase }),
    ...(input.recoveryCode === undefined ? {} : { recoveryCode: input.recoveryCode }),
    ...(input.user === undefined ? {} : { user: input.user }),
  });
  context.setWorkspace(workspace);
  appendSessionEntry(
    workspace,
    { action: 'workspace.unlocked', summary: `${workspace.user.name} unlocked the workspace`, details: {} },
    context.clock.now(),
  );
  job.report({ phase: 'keys', done: 1, total: 1, unit: 'steps' });
  return workspaceInfoOf(workspace);
};
