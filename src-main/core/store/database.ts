/**
 * The encrypted SQLite store: how it is opened, and the two kinds of handle on it.
 *
 * SQLCipher 4 format (AES-256-CBC, HMAC-SHA-512 per page) with a raw key, so that an auditor's own SQLCipher opens it. A
 * `ReadableDb` has no method that writes, its connection is `query_only`, and it refuses a statement that would write; a
 * `WritableDb` is everything a `ReadableDb` is, plus writing. Both are synchronous: they belong to worker threads.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { drizzle } from './drizzle.ts';
import { migrate } from './migrations.ts';

/** Values that SQLite binds and returns here. */
export type SqlValue = string | number | bigint | Uint8Array | null;

export interface ReadStatement<P extends readonly SqlValue[], R> {
  get(...params: P): R | undefined;
  all(...params: P): R[];
  iterate(...params: P): IterableIterator<R>;
}

export interface WriteStatement<P extends readonly SqlValue[]> {
  run(...params: P): { readonly changes: number; readonly lastInsertRowid: number | bigint };
}

type Orm = ReturnType<typeof drizzle>;

declare const writable: unique symbol;

export interface ReadableDb {
  /** A statement that only reads, prepared once per text. Rows are objects by column name. */
  read<P extends readonly SqlValue[], R>(sql: string): ReadStatement<P, R>;
  /** The same with each row as an array of its columns. */
  readRaw<P extends readonly SqlValue[], R extends readonly SqlValue[]>(sql: string): ReadStatement<P, R>;
  /** Drizzle for ordinary queries over `schema.ts`. */
  readonly orm: Pick<Orm, 'select' | 'selectDistinct' | '$count'>;
  /** Changes whenever any connection commits: the key of every cache over this handle. */
  version(): number;
}

export interface WritableDb extends ReadableDb {
  readonly [writable]: true;
  write<P extends readonly SqlValue[]>(sql: string): WriteStatement<P>;
  readonly ormWrite: Pick<Orm, 'insert' | 'update' | 'delete'>;
  /** Runs `work` in one BEGIN IMMEDIATE … COMMIT; a throw rolls back. Inside a transaction it joins it. */
  transaction<T>(work: () => T): T;
  /**
   * The same over awaits, for imports; `rollback` does all the work and keeps none of it (a preview). The writer thread runs
   * one job at a time, so nothing else can slip in.
   */
  transactionAsync<T>(work: () => Promise<T>, end?: 'commit' | 'rollback'): Promise<T>;
  /** Moves what was committed from the log into the store file, as far as readers allow: after bulk writes. */
  checkpoint(): void;
}

/** A connection with its end: what `workspace.ts` holds. */
export interface Connection<Db extends ReadableDb> {
  readonly db: Db;
  close(): void;
}

/** Bytes per page; SQLCipher's default is 4096. Measured under Decisions in ARCHITECTURE.md; foreign readers set the same. */
export const pageSize = 16384;
const busyTimeoutMs = 2500;
const cacheKiB = 64 * 1024;

function refusePlaintext(path: string): void {
  const head = Buffer.alloc(16);
  const handle = openSync(path, 'r');
  try {
    readSync(handle, head, 0, 16, 0);
  } finally {
    closeSync(handle);
  }
  if (head.toString('latin1') === 'SQLite format 3\0') {
    raise(
      'trust',
      'workspace.plaintext_store',
      'The store of this workspace was replaced by an unencrypted file; it was not opened. Restore store.db from a backup.',
    );
  }
}

/** Opens the file and proves the key by reading the schema; nothing is created unless `create`. */
function connect(path: string, pageKey: Uint8Array, mode: 'create' | 'write' | 'read'): Database.Database {
  if (mode !== 'create') {
    if (!existsSync(path)) {
      raise(
        'input',
        'workspace.store_missing',
        'The store file store.db of this workspace is missing; restore it from a backup.',
      );
    }
    refusePlaintext(path);
  }
  // SQLite gives its log and shared-memory files the mode of the main file.
  if (mode === 'create') closeSync(openSync(path, 'wx', 0o600));
  const db = new Database(path, { fileMustExist: mode !== 'create', timeout: busyTimeoutMs });
  try {
    db.pragma("cipher='sqlcipher'");
    db.pragma('legacy=4');
    db.pragma(`legacy_page_size=${pageSize}`);
    const literal = Buffer.from(`x'${Buffer.from(pageKey).toString('hex')}'`, 'latin1');
    // The type package describes better-sqlite3, which has no cipher; the build with ciphers adds exactly this.
    (db as Database.Database & { key(key: Buffer): number }).key(literal);
    literal.fill(0);
    db.pragma('temp_store=MEMORY');
    db.pragma('trusted_schema=OFF');
    db.pragma('cell_size_check=ON');
    db.pragma('mmap_size=0');
    db.pragma(`cache_size=-${cacheKiB}`);
    if (mode === 'create') db.pragma(`page_size=${pageSize}`);
    db.pragma('user_version');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    db.pragma('foreign_keys=ON');
    db.pragma('secure_delete=ON');
    return db;
  } catch (error) {
    db.close();
    throw translated(error);
  }
}

/** SQLite's own failures that a person can cause or cure, as failures; anything else is a bug and passes through. */
function translated(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const code = error.code;
  if (code.startsWith('SQLITE_BUSY')) {
    return failure(
      'refused',
      'workspace.busy',
      'Another Assay is writing to this workspace; nothing was changed. Close it or wait, then try again.',
    );
  }
  if (code.startsWith('SQLITE_FULL')) {
    return failure(
      'refused',
      'workspace.disk_full',
      'The disk is full; this change was rolled back and everything earlier is safe. Free some space and try again.',
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return failure(
      'refused',
      'workspace.not_writable',
      'The workspace folder cannot be written; nothing was changed. Check its permissions.',
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return failure(
      'refused',
      'workspace.io_error',
      'The medium of this workspace failed to read or write; this change was rolled back. Check the medium.',
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return failure(
      'trust',
      'workspace.store_damaged',
      'The store of this workspace is damaged or does not belong to its key files; stop and restore it from a backup.',
    );
  }
  return error;
}

const failure = (kind: 'refused' | 'trust', code: string, message: string): AssayError =>
  new AssayError({ kind, code, message, details: {} });

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}

function readable(db: Database.Database): ReadableDb {
  const cache = new Map<string, ReadStatement<readonly SqlValue[], unknown>>();
  const statement = (sql: string, raw: boolean): ReadStatement<readonly SqlValue[], unknown> => {
    const key = raw ? `raw:${sql}` : sql;
    const known = cache.get(key);
    if (known) return known;
    const prepared = guarded(() => db.prepare<unknown[], unknown>(sql));
    if (!prepared.readonly || !prepared.reader) throw new Error('a read handle was given a statement that writes');
    if (raw) prepared.raw(true);
    const made: ReadStatement<readonly SqlValue[], unknown> = {
      get: (...params) => guarded(() => prepared.get(...params)),
      all: (...params) => guarded(() => prepared.all(...params)),
      iterate: (...params) => prepared.iterate(...params),
    };
    cache.set(key, made);
    return made;
  };
  return {
    // The row type is stated by the caller beside the SQL that produces it; SQLite has no other contract to offer.
    read: <P extends readonly SqlValue[], R>(sql: string) => statement(sql, false) as ReadStatement<P, R>,
    readRaw: <P extends readonly SqlValue[], R extends readonly SqlValue[]>(sql: string) =>
      statement(sql, true) as unknown as ReadStatement<P, R>,
    orm: drizzle(db),
    version: () => Number(db.pragma('data_version', { simple: true })),
  };
}

function writableDb(db: Database.Database): WritableDb {
  const cache = new Map<string, WriteStatement<readonly SqlValue[]>>();
  const write = (sql: string): WriteStatement<readonly SqlValue[]> => {
    const known = cache.get(sql);
    if (known) return known;
    const prepared = guarded(() => db.prepare<unknown[], unknown>(sql));
    const made: WriteStatement<readonly SqlValue[]> = { run: (...params) => guarded(() => prepared.run(...params)) };
    cache.set(sql, made);
    return made;
  };
  const rollback = (): void => {
    // SQLite has already rolled back by itself after a full disk or an I/O error.
    if (db.inTransaction) db.exec('ROLLBACK');
  };
  const orm = drizzle(db);
  const handle: Omit<WritableDb, typeof writable> = {
    ...readable(db),
    write: <P extends readonly SqlValue[]>(sql: string) => write(sql) as WriteStatement<P>,
    ormWrite: orm,
    transaction(work) {
      if (db.inTransaction) return work();
      guarded(() => db.exec('BEGIN IMMEDIATE'));
      try {
        const value = work();
        guarded(() => db.exec('COMMIT'));
        return value;
      } catch (error) {
        rollback();
        throw translated(error);
      }
    },
    async transactionAsync(work, end = 'commit') {
      if (db.inTransaction) throw new Error('a transaction is already open on this connection');
      guarded(() => db.exec('BEGIN IMMEDIATE'));
      try {
        const value = await work();
        if (end === 'rollback') rollback();
        else guarded(() => db.exec('COMMIT'));
        return value;
      } catch (error) {
        rollback();
        throw translated(error);
      }
    },
    checkpoint() {
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
  };
  // The brand exists only for the compiler.
  return handle as WritableDb;
}

/** Opens (or creates) the store for writing, in WAL with full synchronisation, and brings it to the newest version. */
export function openWritable(
  path: string,
  pageKey: Uint8Array,
  options: { readonly create: boolean },
): Connection<WritableDb> {
  const db = connect(path, pageKey, options.create ? 'create' : 'write');
  try {
    migrate(db, () => {
      db.pragma('journal_mode=WAL');
      db.pragma('synchronous=FULL');
    });
    // A commit every few thousand pages of a large import would checkpoint again and again.
    db.pragma('wal_autocheckpoint=4000');
    return {
      db: writableDb(db),
      close: () => {
        if (!db.open) return;
        try {
          // Locking does not wait for another process; whoever closes last finishes this.
          db.pragma('busy_timeout=100');
          db.pragma('wal_checkpoint(TRUNCATE)');
        } finally {
          db.close();
        }
      },
    };
  } catch (error) {
    db.close();
    throw translated(error);
  }
}

/** A second connection that cannot write. The store must have been opened for writing at least once before. */
export function openReadable(path: string, pageKey: Uint8Array): Connection<ReadableDb> {
  const db = connect(path, pageKey, 'read');
  db.pragma('query_only=ON');
  return { db: readable(db), close: () => db.close() };
}
