import { createWorkspace } from '../store/workspace.ts';
import type { Handler } from './context.ts';
import { workspaceInfoOf } from './workspace-info-of.ts';

/** Creates and opens a workspace; the recovery code is in this answer and nowhere else. */
export const workspaceCreate: Handler<'workspace.create'> = async (context, input, job) => {
  job.report({ phase: 'keys', done: 0, total: 1, unit: 'steps' });
  const { workspace, recoveryCode } = await createWorkspace({
    folder: context.grants.resolve(input.folder),
    name: input.name,
    userName: input.userName,
    passphrase: input.passphrase,
    now: context.clock.now(),
  });
  context.setWorkspace(workspace);
  job.report({ phase: 'keys', done: 1, total: 1, unit: 'steps' });
  return { info: workspaceInfoOf(workspace), recoveryCode };
};
