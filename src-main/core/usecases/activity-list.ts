import { activityPage } from '../ledger/activity-queries.ts';
import type { Handler } from './context.ts';

export const activityList: Handler<'activity.list'> = (context, input) =>
  activityPage(context.workspace().reader, input.before ?? null, input.limit);
