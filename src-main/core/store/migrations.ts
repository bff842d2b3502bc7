/**
 * Numbered migrations: `migrations/0001_initial.sql` brings an empty store to version 1, and so on.
 *
 * The version lives in `user_version`. Each migration runs in its own transaction together with its number, so that a crash
 * leaves a store at a whole version. A store from the future is left untouched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { raise } from '../../../src-shared/result.ts';
import { migrationsPath } from '../resources.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Every migration this version knows, in order; a gap or a repeated number is a mistake in the build. */
export function knownMigrations(): readonly Migration[] {
  const migrations = readdirSync(migrationsPath())
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(migrationsPath(name), 'utf8'),
    }));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.name} is out of order`);
  });
  return migrations;
}

/** Brings the store to the newest version. `configure` runs once the version is known to be one that may be opened. */
export function migrate(db: Database.Database, configure: () => void): void {
  const migrations = knownMigrations();
  const current = Number(db.pragma('user_version', { simple: true }));
  if (current > migrations.length) {
    raise(
      'refused',
      'workspace.newer_version',
      `This workspace has store version ${current} and this Assay knows versions up to ${migrations.length}; it was not touched. Open it with a newer Assay.`,
      { version: current, known: migrations.length },
    );
  }
  configure();
  for (const migration of migrations.slice(current)) {
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have been faster while this one waited for the lock.
      if (Number(db.pragma('user_version', { simple: true })) < migration.version) {
        db.exec(migration.sql);
        db.pragma(`user_version=${migration.version}`);
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}
