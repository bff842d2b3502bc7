/** The time of an evaluation: the newest snapshot's, never the machine's (decisions.md 3). */
import type { SnapshotMeta } from '../record-set.ts';

export const newestTakenAt = (snapshots: readonly SnapshotMeta[]): string =>
  snapshots
    .map((snapshot) => snapshot.takenAt)
    .sort()
    .at(-1) ?? '';
