/** The store is SQLCipher 4: an independent build of SQLCipher opens it with the raw key and finds every page authentic. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import SqlCipher from '@signalapp/sqlcipher';
import { afterEach, expect, it } from 'vitest';
import { pageSize } from '../../../src-main/core/store/database.ts';
import { subkey } from '../../../src-main/core/store/kdf.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  record,
  temporaryFolder,
  testWorkspace,
  trustPublisher,
} from '../../unit/store/support.ts';
import { describeWith } from '../support/tools.ts';

afterEach(cleanUp);

/** A copy, so that the foreign reader cannot touch the workspace. */
async function storeWithRecords(): Promise<{ path: string; key: string }> {
  const { workspace, folder } = await testWorkspace();
  trustPublisher(workspace);
  const records = Array.from({ length: 500 }, (_, i) =>
    record('model', `m-${i}`, { model_id: `m-${i}`, model_name: `Model ${i}` }),
  );
  await importBundle(workspace, await bundle({ records }));
  const key = subkey(workspace.keys.dek, 'db-page-key').toString('hex');
  workspace.close();
  const path = join(temporaryFolder(), 'copy.db');
  copyFileSync(join(folder, 'store.db'), path);
  return { path, key };
}

function openForeign(path: string, key: string): InstanceType<typeof SqlCipher> {
  const db = new SqlCipher(path);
  db.exec(`PRAGMA key = "x'${key}'"`);
  db.exec(`PRAGMA cipher_page_size = ${pageSize}`);
  return db;
}

describeWith(['@signalapp/sqlcipher'], 'opens our encrypted store', () => {
  it('reads the records and finds no page altered', async () => {
    const { path, key } = await storeWithRecords();
    const db = openForeign(path, key);
    expect(db.prepare('SELECT count(*) AS n FROM snapshot_record').get()).toEqual({ n: 500 });
    expect(db.prepare("SELECT rowid AS n FROM record_search WHERE record_search MATCH 'name : 499'").get()).toEqual({
      n: expect.any(Number),
    });
    expect(db.pragma('cipher_integrity_check')).toEqual([]);
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('opens nothing with another key', async () => {
    const { path, key } = await storeWithRecords();
    const wrong = (key.startsWith('0') ? '1' : '0') + key.slice(1);
    expect(() => {
      const db = openForeign(path, wrong);
      try {
        db.prepare('SELECT count(*) FROM snapshot').get();
      } finally {
        db.close();
      }
    }).toThrow(/not a database/i);
  });
});
