import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyActivity } from '../../../src-main/core/ledger/activity.ts';
import { openSlot, sealSlot } from '../../../src-main/core/store/key-slots.ts';
import { createWorkspace, openWithKeys, unlockWorkspace } from '../../../src-main/core/store/workspace.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { cleanUp, fastKdf, now, passphrase, temporaryFolder, testWorkspace } from './support.ts';

afterEach(cleanUp);

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'no failure';
};

const port = { kdf: fastKdf };

describe('when a workspace is created', () => {
  it('opens again with its passphrase and holds the same identity', async () => {
    const { workspace, folder } = await testWorkspace();
    const { id, user } = workspace;
    expect(user).toMatchObject({ name: 'Ada Auditor', role: 'administrator' });
    workspace.close();
    const again = await unlockWorkspace({ folder, passphrase }, port);
    expect(again.id).toBe(id);
    expect(again.user).toEqual(user);
    expect(again.name).toBe('Test fleet');
    expect(again.signing.certificate.length).toBeGreaterThan(200);
    expect(verifyActivity(again.reader, again.actors)).toMatchObject({ ok: true, entries: 1 });
    again.close();
  });

  it('opens with the recovery code, reads everything and writes nothing', async () => {
    const { workspace, folder, recoveryCode } = await testWorkspace();
    workspace.close();
    const recovered = await unlockWorkspace(
      { folder, recoveryCode: recoveryCode.toLowerCase().replaceAll('-', ' ') },
      port,
    );
    expect(recovered.readOnly).toBe(true);
    expect(recovered.name).toBe('Test fleet');
    expect(() => recovered.writer.transaction(() => 1)).toThrow(/can read and cannot change/);
    recovered.close();
  });

  it('refuses a wrong passphrase, a wrong user and another recovery code alike', async () => {
    const { folder } = await testWorkspace();
    const other = await testWorkspace();
    expect(await codeOf(unlockWorkspace({ folder, passphrase: 'not the passphrase' }, port))).toBe(
      'locked workspace.wrong_passphrase',
    );
    expect(await codeOf(unlockWorkspace({ folder, passphrase, user: 'Nobody' }, port))).toBe(
      'locked workspace.wrong_passphrase',
    );
    expect(await codeOf(unlockWorkspace({ folder, recoveryCode: other.recoveryCode }, port))).toBe(
      'locked workspace.wrong_passphrase',
    );
  });

  it('tells a mistyped recovery code from a wrong one', async () => {
    const { folder, recoveryCode } = await testWorkspace();
    const last = recoveryCode.at(-9) === '7' ? '8' : '7';
    const mistyped = recoveryCode.slice(0, -9) + last + recoveryCode.slice(-8);
    expect(await codeOf(unlockWorkspace({ folder, recoveryCode: mistyped }, port))).toBe(
      'usage workspace.recovery_code_mistyped',
    );
  });

  it('refuses a folder that is not empty and leaves it alone', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const input = { folder, name: 'x', userName: 'y', passphrase, now };
    expect(await codeOf(createWorkspace(input, port))).toBe('refused workspace.folder_not_empty');
    expect(readdirSync(folder)).toEqual(['mine.txt']);
    const file = { ...input, folder: join(folder, 'mine.txt') };
    expect(await codeOf(createWorkspace(file, port))).toBe('refused workspace.folder_unusable');
  });

  it('refuses short and common passphrases', async () => {
    const folder = join(temporaryFolder(), 'ws');
    const create = (weak: string) =>
      codeOf(createWorkspace({ folder, name: 'x', userName: 'y', passphrase: weak, now }, port));
    expect(await create('short')).toBe('usage workspace.passphrase_short');
    expect(await create('Password1234')).toBe('usage workspace.passphrase_common');
    expect(await create('aaaaaaaaaaaaaaaaaaaa')).toBe('usage workspace.passphrase_common');
  });
});

describe('when the key files are damaged', () => {
  it('opens from the other generation when one is torn', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    const bytes = readFileSync(join(folder, 'keys.a'));
    for (const torn of [bytes.subarray(0, 0), bytes.subarray(0, 9), bytes.subarray(0, bytes.length >> 1)]) {
      writeFileSync(join(folder, 'keys.a'), torn);
      const again = await unlockWorkspace({ folder, passphrase }, port);
      again.close();
    }
  });

  it('says that both are damaged, and touches nothing', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    for (const name of ['keys.a', 'keys.b']) writeFileSync(join(folder, name), 'MIAW but not really');
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('input workspace.header_damaged');
  });

  it('finds an edited header whose checksum was made right again', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    for (const name of ['keys.a', 'keys.b']) {
      const bytes = readFileSync(join(folder, name));
      const end = 10 + bytes.readUInt32BE(6);
      const body = Buffer.from(
        bytes.toString('utf8', 10, end).replace('"role":"recovery"', '"role":"administrator"'),
        'utf8',
      );
      expect(body.length).toBeGreaterThan(end - 10);
      const start = Buffer.from(bytes.subarray(0, 10));
      start.writeUInt32BE(body.length, 6);
      const signed = Buffer.concat([start, body]);
      // The checksum is anybody's to recompute, the HMAC after it is not.
      const sha = createHash('sha256').update(signed).digest();
      writeFileSync(join(folder, name), Buffer.concat([signed, sha, bytes.subarray(end + sha.length)]));
    }
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('trust workspace.header_tampered');
  });

  it('notices key files that belong to another workspace', async () => {
    const one = await testWorkspace();
    const two = await testWorkspace();
    one.workspace.close();
    two.workspace.close();
    for (const name of ['keys.a', 'keys.b'])
      writeFileSync(join(one.folder, name), readFileSync(join(two.folder, name)));
    expect(await codeOf(unlockWorkspace({ folder: one.folder, passphrase }, port))).toBe(
      'trust workspace.store_damaged',
    );
  });

  it('does not open a slot that was copied to another user or workspace', async () => {
    const secrets = {
      dek: new Uint8Array(32).fill(1),
      ed25519Seed: new Uint8Array(32).fill(2),
      p256Pkcs8: new Uint8Array(138).fill(3),
    };
    const owner = { workspaceId: randomUUID(), userId: randomUUID(), ed25519: 'AAAA' };
    const key = { type: 'recovery', secret: new Uint8Array(32).fill(4) } as const;
    const slot = await sealSlot(secrets, owner, randomUUID(), key);
    expect(await openSlot(slot, owner, key)).toEqual(secrets);
    for (const other of [{ workspaceId: randomUUID() }, { userId: randomUUID() }, { ed25519: 'BBBB' }]) {
      expect(await openSlot(slot, { ...owner, ...other }, key)).toBeNull();
    }
    expect(await openSlot({ ...slot, slotId: randomUUID() }, owner, key)).toBeNull();
    expect(await openSlot(slot, owner, { ...key, secret: new Uint8Array(32).fill(5) })).toBeNull();
  });

  it('runs no key derivation with parameters out of bounds', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    for (const name of ['keys.a', 'keys.b']) {
      const bytes = readFileSync(join(folder, name));
      const at = bytes.indexOf('"m":65536');
      expect(at).toBeGreaterThan(0);
      bytes.write('"m":99999', at, 'latin1');
      bytes.write('"p":9', bytes.indexOf('"p":1'), 'latin1');
      const end = 10 + bytes.readUInt32BE(6);
      createHash('sha256').update(bytes.subarray(0, end)).digest().copy(bytes, end);
      writeFileSync(join(folder, name), bytes);
    }
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('input workspace.header_damaged');
  });
});

describe('when the store file is not what it should be', () => {
  it('refuses a planted plaintext database', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    writeFileSync(join(folder, 'store.db'), Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4080)]));
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('trust workspace.plaintext_store');
  });

  it('refuses random bytes and a missing file', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.close();
    writeFileSync(join(folder, 'store.db'), Buffer.alloc(65536, 7));
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('trust workspace.store_damaged');
    const empty = join(temporaryFolder(), 'nothing');
    mkdirSync(empty);
    expect(await codeOf(unlockWorkspace({ folder: empty, passphrase }, port))).toBe('input workspace.not_found');
  });

  it('leaves a store from the future untouched', async () => {
    const { workspace, folder } = await testWorkspace();
    workspace.writer.transaction(() => workspace.writer.write<[]>('PRAGMA user_version = 9999').run());
    workspace.close();
    const before = readFileSync(join(folder, 'store.db'));
    expect(await codeOf(unlockWorkspace({ folder, passphrase }, port))).toBe('refused workspace.newer_version');
    expect(readFileSync(join(folder, 'store.db')).equals(before)).toBe(true);
  });
});

describe('when a second connection is at work', () => {
  it('reads what the writer committed, through keys handed to another thread', async () => {
    const { workspace, folder } = await testWorkspace();
    const other = openWithKeys(folder, structuredClone(workspace.keys));
    workspace.writer.write<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)').run('k', 'v');
    expect(other.reader.read<[], { value: string }>("SELECT value FROM meta WHERE key = 'k'").get()?.value).toBe('v');
    expect(() => other.reader.read("DELETE FROM meta WHERE key = 'k'")).toThrow(/statement that writes/);
    other.close();
  });

  it('says that another one is writing', async () => {
    const { workspace, folder } = await testWorkspace();
    const other = openWithKeys(folder, workspace.keys);
    await workspace.writer.transactionAsync(async () => {
      expect(await codeOf(other.writer.transactionAsync(async () => 1))).toBe('refused workspace.busy');
    });
    other.close();
  });
});
