import { verifyActivity } from '../ledger/activity.ts';
import type { Handler } from './context.ts';

export const activityVerify: Handler<'activity.verify'> = (context) => {
  const workspace = context.workspace();
  return verifyActivity(workspace.reader, workspace.actors);
};
