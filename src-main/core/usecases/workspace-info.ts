import type { Handler } from './context.ts';
import { workspaceInfoOf } from './workspace-info-of.ts';

export const workspaceInfo: Handler<'workspace.info'> = (context) => workspaceInfoOf(context.workspace());
