/**
 * A workspace: a folder with `store.db` (encrypted), `keys.a` and `keys.b`.
 *
 * Unlocking turns a passphrase or the recovery code into `WorkspaceKeys`; another thread of the same process opens the same
 * workspace from those with `openWithKeys`. The error for a wrong passphrase is the same whichever slot it was tried on.
 */

import type { KeyObject } from 'node:crypto';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { type Connection, openReadable, openWritable, type ReadableDb, type WritableDb } from './database.ts';
import { argon2Kdf, type Kdf, subkey } from './kdf.ts';
import {
  type HeaderUser,
  headerFiles,
  type KeyHeader,
  type LoadedHeader,
  loadHeader,
  requireAuthenticHeader,
  storeHeader,
} from './key-header.ts';
import { openSlot, type SlotKey, type SlotSecrets, sealSlot } from './key-slots.ts';
import { passphraseBytes, requireStrongPassphrase } from './passphrase.ts';
import { formatRecoveryCode, parseRecoveryCode } from './recovery-code.ts';
import { actorKey, meta } from './schema.ts';
import { actorKeyId, ed25519PrivateKey, ed25519PublicBytes, newUserKeys, p256PrivateKey } from './user-keys.ts';

/** Everything another thread of this process needs to open the workspace; structured-clone safe. Never leaves the process. */
export interface WorkspaceKeys {
  readonly userId: string;
  readonly dek: Uint8Array;
  readonly ed25519Seed: Uint8Array;
  readonly p256Pkcs8: Uint8Array;
}

export interface WorkspaceUser {
  readonly id: string;
  readonly name: string;
  /** `administrator`, or `recovery`, which can read everything and sign nothing. */
  readonly role: string;
}

export interface OpenWorkspace {
  readonly folder: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly user: WorkspaceUser;
  readonly reader: ReadableDb;
  /** Raises `refused` / `workspace.read_only` where the user may not write. */
  readonly writer: WritableDb;
  readonly signing: { readonly ed25519: KeyObject; readonly p256: KeyObject; readonly certificate: Uint8Array };
  readonly keys: WorkspaceKeys;
  /** Public keys that may have signed activity entries: key id -> 32 raw bytes, from the authenticated header. */
  readonly actors: ReadonlyMap<string, Uint8Array>;
  readonly readOnly: boolean;
  /** Writes the log back into the store file (checkpoint) and closes; safe to call twice. */
  close(): void;
}

export interface CreateWorkspaceInput {
  readonly folder: string;
  readonly name: string;
  readonly userName: string;
  readonly passphrase: string;
  readonly now: Date;
}

export interface UnlockInput {
  readonly folder: string;
  readonly passphrase?: string;
  readonly recoveryCode?: string;
  /** Name or id of the user; absent: every slot that fits the kind of secret is tried. */
  readonly user?: string;
}

/** For tests only: no contract method and no host passes it. */
export interface WorkspaceTestPort {
  readonly kdf: Kdf;
}

const storeFile = 'store.db';
const storeVersion = 1;

const wrongPassphrase = (): never =>
  raise(
    'locked',
    'workspace.wrong_passphrase',
    'The passphrase or recovery code does not open this workspace; nothing was changed.',
  );

/** Creates the folder, the encrypted store and both key files. The recovery code is returned once and stored nowhere. */
export async function createWorkspace(
  input: CreateWorkspaceInput,
  port: WorkspaceTestPort = { kdf: argon2Kdf },
): Promise<{ readonly workspace: OpenWorkspace; readonly recoveryCode: string }> {
  requireStrongPassphrase(input.passphrase);
  const existed = prepareFolder(input.folder);
  const workspaceId = randomUUID();
  const dek = Uint8Array.from(randomBytes(32));
  const recoverySecret = randomBytes(32);
  const passphrase = passphraseBytes(input.passphrase);
  const administrator = await newMember(
    workspaceId,
    input.userName,
    'administrator',
    dek,
    { type: 'passphrase', passphrase, kdf: port.kdf },
    input.now,
  );
  passphrase.fill(0);
  const recovery = await newMember(
    workspaceId,
    'Recovery',
    'recovery',
    dek,
    { type: 'recovery', secret: recoverySecret },
    input.now,
  );
  const header: KeyHeader = {
    workspaceId,
    createdAt: toInstant(input.now),
    generation: 1,
    minReaderVersion: storeVersion,
    users: [administrator.user, recovery.user],
    slots: [administrator.slot, recovery.slot],
  };
  const keys: WorkspaceKeys = { userId: administrator.user.id, ...administrator.secrets };
  try {
    createStore(input, header, dek);
    storeHeader(input.folder, header, dek);
    const workspace = openWithKeys(input.folder, keys);
    appendActivity(
      workspace,
      { action: 'workspace.created', summary: `${input.userName} created the workspace`, details: { workspaceId } },
      input.now,
    );
    return { workspace, recoveryCode: formatRecoveryCode(recoverySecret) };
  } catch (error) {
    for (const name of [storeFile, `${storeFile}-wal`, `${storeFile}-shm`, ...headerFiles]) {
      rmSync(join(input.folder, name), { force: true });
    }
    if (!existed) rmdirSync(input.folder);
    throw error;
  }
}

/** Makes the folder, or accepts an empty one; tells whether it was there before. */
function prepareFolder(folder: string): boolean {
  try {
    const existed = existsSync(folder);
    if (!existed) mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return existed;
  } catch {
    raise(
      'refused',
      'workspace.folder_unusable',
      'The folder cannot be made or read, so no workspace was created; choose another place.',
    );
  }
  return raise(
    'refused',
    'workspace.folder_not_empty',
    'The folder is not empty, so no workspace was created; choose a new or empty folder.',
  );
}

async function newMember(
  workspaceId: string,
  name: string,
  role: HeaderUser['role'],
  dek: Uint8Array,
  key: SlotKey,
  now: Date,
) {
  const { ed25519Seed, p256Pkcs8, certificate } = await newUserKeys(name, now);
  const user: HeaderUser = {
    id: randomUUID(),
    name,
    role,
    ed25519: ed25519PublicBytes(ed25519PrivateKey(ed25519Seed)).toString('base64'),
    certificate: Buffer.from(certificate).toString('base64'),
  };
  const secrets: SlotSecrets = { dek, ed25519Seed, p256Pkcs8 };
  const slot = await sealSlot(secrets, { workspaceId, userId: user.id, ed25519: user.ed25519 }, randomUUID(), key);
  return { user, slot, secrets };
}

function createStore(input: CreateWorkspaceInput, header: KeyHeader, dek: Uint8Array): void {
  const connection = openWritable(join(input.folder, storeFile), subkey(dek, 'db-page-key'), { create: true });
  try {
    const { db } = connection;
    db.transaction(() => {
      db.ormWrite
        .insert(meta)
        .values([
          { key: 'workspace_id', value: header.workspaceId },
          { key: 'name', value: input.name },
        ])
        .run();
      db.ormWrite
        .insert(actorKey)
        .values(header.users.map((user) => actorRow(user, header.createdAt)))
        .run();
    });
  } finally {
    connection.close();
  }
}

function actorRow(user: HeaderUser, addedAt: string): typeof actorKey.$inferInsert {
  const publicKey = Buffer.from(user.ed25519, 'base64');
  return { keyId: actorKeyId(publicKey), userId: user.id, name: user.name, role: user.role, publicKey, addedAt };
}

/** Opens a workspace with a passphrase or its recovery code. Costs one key derivation per slot tried. */
export async function unlockWorkspace(
  input: UnlockInput,
  port: WorkspaceTestPort = { kdf: argon2Kdf },
): Promise<OpenWorkspace> {
  const loaded = loadHeader(input.folder);
  const { header } = loaded;
  const key = slotKeyOf(input, port.kdf);
  for (const slot of header.slots) {
    const user = header.users.find((candidate) => candidate.id === slot.userId);
    if (!user || slot.type !== key.type) continue;
    if (input.user !== undefined && input.user !== user.name && input.user !== user.id) continue;
    const secrets = await openSlot(
      slot,
      { workspaceId: header.workspaceId, userId: user.id, ed25519: user.ed25519 },
      key,
    );
    if (!secrets) continue;
    if (key.type === 'passphrase') key.passphrase.fill(0);
    return open(input.folder, loaded, { userId: user.id, ...secrets });
  }
  return wrongPassphrase();
}

function slotKeyOf(input: UnlockInput, kdf: Kdf): SlotKey {
  if (input.passphrase !== undefined) return { type: 'passphrase', passphrase: passphraseBytes(input.passphrase), kdf };
  if (input.recoveryCode !== undefined) return { type: 'recovery', secret: parseRecoveryCode(input.recoveryCode) };
  return raise('usage', 'workspace.no_secret', 'Unlocking needs the passphrase or the recovery code.');
}

/**
 * Opens a workspace that another thread of this process has unlocked. With `readerOnly` there is no connection that can write
 * and nothing is migrated; `writer` of such a workspace raises.
 */
export function openWithKeys(
  folder: string,
  keys: WorkspaceKeys,
  { readerOnly = false }: { readonly readerOnly?: boolean } = {},
): OpenWorkspace {
  return open(folder, loadHeader(folder), keys, readerOnly);
}

function open(folder: string, loaded: LoadedHeader, keys: WorkspaceKeys, readerOnly = false): OpenWorkspace {
  requireAuthenticHeader(loaded, keys.dek);
  const { header } = loaded;
  if (header.minReaderVersion > storeVersion) {
    raise(
      'refused',
      'workspace.newer_version',
      `This workspace asks for store version ${header.minReaderVersion} and this Assay knows ${storeVersion}; it was not touched. Open it with a newer Assay.`,
      { version: header.minReaderVersion, known: storeVersion },
    );
  }
  const user = header.users.find((candidate) => candidate.id === keys.userId) ?? wrongPassphrase();
  const path = join(folder, storeFile);
  const pageKey = subkey(keys.dek, 'db-page-key');
  const readOnly = user.role === 'recovery';
  // Even a read-only user opens the writer once: an unfinished log of a killed process has to be replayed.
  const writer = readerOnly ? null : openWritable(path, pageKey, { create: false });
  let reader: Connection<ReadableDb>;
  try {
    reader = openReadable(path, pageKey);
  } catch (error) {
    writer?.close();
    throw error;
  } finally {
    pageKey.fill(0);
  }
  const names = new Map(
    reader.db.orm
      .select()
      .from(meta)
      .all()
      .map((row) => [row.key, row.value]),
  );
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    reader.close();
    writer?.close();
  };
  if (names.get('workspace_id') !== header.workspaceId) {
    close();
    raise(
      'trust',
      'workspace.store_swapped',
      'The store and the key files belong to different workspaces; nothing was opened.',
    );
  }
  return {
    folder,
    id: header.workspaceId,
    name: names.get('name') ?? '',
    createdAt: header.createdAt,
    user: { id: user.id, name: user.name, role: user.role },
    reader: reader.db,
    get writer() {
      if (!writer) throw new Error('this workspace was opened for reading only');
      return readOnly ? refusingWriter(writer.db) : writer.db;
    },
    signing: {
      ed25519: ed25519PrivateKey(keys.ed25519Seed),
      p256: p256PrivateKey(keys.p256Pkcs8),
      certificate: Uint8Array.from(Buffer.from(user.certificate, 'base64')),
    },
    keys,
    actors: new Map(
      header.users.map((known) => {
        const publicKey = Buffer.from(known.ed25519, 'base64');
        return [actorKeyId(publicKey), publicKey];
      }),
    ),
    readOnly,
    close,
  };
}

/** The recovery code reads; it does not import, decide or sign (security.md 1). */
function refusingWriter(db: WritableDb): WritableDb {
  const refuse = (): never =>
    raise(
      'refused',
      'workspace.read_only',
      'This workspace was opened with its recovery code, which can read and cannot change anything.',
    );
  return {
    ...db,
    write: refuse,
    transaction: refuse,
    transactionAsync: refuse,
    get ormWrite() {
      return refuse();
    },
  };
}
