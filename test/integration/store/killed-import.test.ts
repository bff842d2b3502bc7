/** kill -9 while an import runs: afterwards the snapshot is there as a whole or not at all (security.md J1). */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyActivity } from '../../../src-main/core/ledger/activity.ts';
import { openWithKeys } from '../../../src-main/core/store/workspace.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  record,
  rowCount,
  testWorkspace,
  trustPublisher,
} from '../../unit/store/support.ts';
import type { Order } from './import-child.ts';

afterEach(cleanUp);

const child = fileURLToPath(new URL('./import-child.ts', import.meta.url));

/** Resolves with what the child last said before it ended. */
function importAndKill(order: Order, afterMs: number): Promise<'started' | 'done' | 'nothing'> {
  return new Promise((resolve) => {
    const process_ = fork(child, [], {
      serialization: 'advanced',
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    let said: 'started' | 'done' | 'nothing' = 'nothing';
    process_.on('message', (message) => {
      said = message === 'done' ? 'done' : 'started';
      if (message === 'started') setTimeout(() => process_.kill('SIGKILL'), afterMs);
    });
    process_.once('exit', () => resolve(said));
    process_.send(order);
  });
}

describe('when the process is killed during an import', () => {
  it('the workspace opens again with all of the snapshot or nothing of it', async () => {
    const { workspace, folder } = await testWorkspace();
    trustPublisher(workspace);
    const records = Array.from({ length: 8000 }, (_, index) => {
      const id = `m-${String(index).padStart(5, '0')}`;
      return record('model', id, {
        model_id: id,
        model_name: `Model ${index}`,
        description: `text ${index}`.repeat(8),
      });
    });
    const path = await bundle({ records });
    const { keys } = workspace;
    workspace.close();
    let partial = 0;
    let interrupted = 0;
    for (const afterMs of [0, 40, 90, 150, 220, 300, 400, 520, 650, 800]) {
      const said = await importAndKill({ folder, keys, bundle: path, now }, afterMs);
      const again = openWithKeys(folder, keys);
      const [snapshots, rows, bodies, entries] = ['snapshot', 'snapshot_record', 'body', 'activity'].map((table) =>
        rowCount(again, table),
      );
      if (said !== 'done') interrupted += 1;
      const whole = snapshots === 1 && rows === 8000 && bodies === 8000 && entries === 2;
      const nothing = snapshots === 0 && rows === 0 && bodies === 0 && entries === 1;
      if (!whole && !nothing) partial += 1;
      if (said === 'done') expect(whole).toBe(true);
      expect(verifyActivity(again.reader, again.actors).ok).toBe(true);
      again.close();
      if (whole) break;
    }
    expect(interrupted).toBeGreaterThan(0);
    expect(partial).toBe(0);
    const last = openWithKeys(folder, keys);
    expect((await importBundle(last, path)).records).toBe(8000);
    last.close();
  });
});
