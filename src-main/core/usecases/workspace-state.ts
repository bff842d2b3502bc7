import type { Handler } from './context.ts';
import { workspaceInfoOf } from './workspace-info-of.ts';

export const workspaceState: Handler<'workspace.state'> = (context) =>
  context.hasWorkspace ? { state: 'open', info: workspaceInfoOf(context.workspace()) } : { state: 'closed' };
