/** What every host shows of an open workspace. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { knownMigrations } from '../store/migrations.ts';
import { workspaceTotals } from '../store/snapshot-queries.ts';
import type { OpenWorkspace } from '../store/workspace.ts';

const fileSize = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

export function workspaceInfoOf(workspace: OpenWorkspace): OutputOf<'workspace.info'> {
  const store = join(workspace.folder, 'store.db');
  return {
    workspaceId: workspace.id,
    name: workspace.name,
    user: { ...workspace.user },
    createdAt: workspace.createdAt,
    formatVersion: knownMigrations().length,
    ...workspaceTotals(workspace.reader),
    storeBytes: fileSize(store) + fileSize(`${store}-wal`),
    readOnly: workspace.readOnly,
  };
}
