import { appendSessionEntry } from '../ledger/session-entry.ts';
import type { Handler } from './context.ts';

/** Closes the store. Hosts then end the engine process, which is what removes the key from memory (decisions.md 14). */
export const workspaceLock: Handler<'workspace.lock'> = (context) => {
  const workspace = context.workspace();
  appendSessionEntry(
    workspace,
    { action: 'workspace.locked', summary: `${workspace.user.name} locked the workspace`, details: {} },
    context.clock.now(),
  );
  context.setWorkspace(null);
  return { done: true };
};
