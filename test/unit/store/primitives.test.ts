import { readFileSync } from 'node:fs';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { hkdf } from '../../../src-main/core/store/kdf.ts';
import { knownMigrations } from '../../../src-main/core/store/migrations.ts';
import { formatRecoveryCode, parseRecoveryCode } from '../../../src-main/core/store/recovery-code.ts';
import * as schema from '../../../src-main/core/store/schema.ts';
import { compareUtf8 } from '../../../src-main/core/store/utf8-order.ts';
import { cleanUp, testWorkspace } from './support.ts';

afterEach(cleanUp);

describe('when texts are ordered', () => {
  it('agrees with the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 2000 },
    );
    expect(compareUtf8('\uffff', '\u{1F600}')).toBeLessThan(0);
  });
});

describe('when a recovery code is written down and typed again', () => {
  it('comes back for every secret', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (secret) => {
        const code = formatRecoveryCode(secret);
        expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{7}-){7}[0-9A-HJKMNP-TV-Z]{7}$/);
        expect(parseRecoveryCode(code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')).equals(secret)).toBe(
          true,
        );
      }),
    );
  });

  it('notices any one wrong character', () => {
    const code = formatRecoveryCode(new Uint8Array(32).fill(0xa5));
    for (let at = 0; at < code.length; at += 1) {
      if (code[at] === '-') continue;
      const wrong = code.slice(0, at) + (code[at] === 'Z' ? 'Y' : 'Z') + code.slice(at + 1);
      expect(() => parseRecoveryCode(wrong), `position ${at}`).toThrow(/mistyped/);
    }
  });
});

describe('when keys are derived', () => {
  it('gives each label its own key, of the length asked for', () => {
    const key = new Uint8Array(32).fill(1);
    expect(hkdf(key, 'a').equals(hkdf(key, 'b'))).toBe(false);
    expect(hkdf(key, 'a', undefined, 64).subarray(0, 32).equals(hkdf(key, 'a'))).toBe(true);
  });
});

describe('when the store is migrated', () => {
  it('has gapless migrations, STRICT tables, and the columns that the code names', async () => {
    const { workspace } = await testWorkspace();
    const migrations = knownMigrations();
    expect(workspace.reader.readRaw<[], [number]>('SELECT user_version FROM pragma_user_version').get()?.[0]).toBe(
      migrations.length,
    );
    const tables = workspace.reader
      .readRaw<[], [string, number, string]>("SELECT name, strict, type FROM pragma_table_list WHERE schema = 'main'")
      .all()
      .filter(([name, , type]) => type === 'table' && !name.startsWith('sqlite_'));
    expect(tables.filter(([, strict]) => strict === 0)).toEqual([]);
    expect(tables.length).toBeGreaterThan(12);
    for (const table of [
      schema.meta,
      schema.actorKey,
      schema.trustKey,
      schema.snapshot,
      schema.snapshotSignature,
      schema.reviewQueue,
      schema.activity,
    ]) {
      const { name, columns } = getTableConfig(table);
      const stored = workspace.reader.readRaw<[string], [string]>('SELECT name FROM pragma_table_info(?)').all(name);
      expect(stored.map(([column]) => column).sort(), name).toEqual(columns.map((column) => column.name).sort());
    }
  });

  it('opens every connection with the settings that durability and secrecy need', async () => {
    const { workspace } = await testWorkspace();
    const setting = (name: string) =>
      workspace.writer.readRaw<[], [string | number]>(`SELECT * FROM pragma_${name}`).get()?.[0];
    expect(
      [
        'journal_mode',
        'synchronous',
        'temp_store',
        'foreign_keys',
        'trusted_schema',
        'cell_size_check',
        'secure_delete',
      ].map(setting),
    ).toEqual(['wal', 2, 2, 1, 0, 1, 1]);
    expect(workspace.reader.readRaw<[], [number]>('SELECT * FROM pragma_query_only').get()?.[0]).toBe(1);
    expect(readFileSync(`${workspace.folder}/store.db`).subarray(0, 16).toString('latin1')).not.toContain('SQLite');
  });
});
