import { snapshotDiff } from '../store/snapshot-diff.ts';
import type { Handler } from './context.ts';

export const snapshotsDiff: Handler<'snapshots.diff'> = (context, input) =>
  snapshotDiff(context.workspace().reader, input);
