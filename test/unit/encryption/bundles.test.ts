/** Encrypted bundles from packing to verification: the signature is inside, and nothing readable is left on the disk. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { openContainer, readMember } from '../../../src-main/core/snapshot/read.ts';
import { inspectSnapshot, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { now, openWorkshop, trustedKey, trusting, type Workshop, writeFolder } from '../snapshot/fixture.ts';
import { failureOf, type Holder, headerLength, newHolder, openAll, sealedChunk } from './age-lab.ts';

const sentinel = 'sentinel-that-must-not-be-readable';
const pair = generatePublisherKey();
const trust = trusting(trustedKey(pair));
let workshop: Workshop;
let holder: Holder;
let plainFile: string;
let file: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  holder = await newHolder();
  const folder = await writeFolder(workshop.path('folder'), {
    evidence: { 'evidence/a.txt': sentinel, 'evidence/big.bin': randomBytes(3_000_000) },
  });
  plainFile = workshop.path('plain.assay');
  file = workshop.path('out', 'encrypted.assay');
  await import('node:fs/promises').then(({ mkdir }) => mkdir(workshop.path('out')));
  const options = { folder, privateKeys: [pair.privateKey], snapshotId: 'one', now, job: silentJob };
  await packSnapshot({ ...options, out: plainFile });
  await packSnapshot({ ...options, out: file, recipients: [holder.recipient] });
});
afterAll(() => workshop.remove());

const verify = (path: string, identities = holder.identities) =>
  verifySnapshot(path, { trust, now, job: silentJob, identities });
const changed = (name: string, change: (bytes: Buffer) => Buffer): string => {
  const path = workshop.path(name);
  writeFileSync(path, change(readFileSync(file)));
  return path;
};

describe('an encrypted bundle', () => {
  it('holds the very container that is written without encryption, and nothing of it can be read', async () => {
    const inside = workshop.path('inside.zip');
    writeFileSync(inside, await openAll(readFileSync(file), holder.identities, 256 * 1024));
    const [plain, opened] = [await verify(plainFile), await verify(inside)];
    expect(opened.verification.container.code).toBe('container.as_packed');
    expect(opened.verification.statementSha256).toBe(plain.verification.statementSha256);
    expect(readFileSync(file).includes(sentinel)).toBe(false);
    const container = await openContainer(file, holder.identities);
    expect((await readMember(container, 'evidence/a.txt', 100)).toString()).toBe(sentinel);
    await container.close();
  });

  it('verifies like any other, and inspects', async () => {
    const { verification } = await verify(file);
    expect(verification).toMatchObject({ ok: true, container: { code: 'container.as_packed' } });
    expect(verification.statementSha256).toBe((await verify(plainFile)).verification.statementSha256);
    expect((await inspectSnapshot(file, silentJob, holder.identities)).predicate.snapshotId).toBe('one');
  });

  it('is the previous bundle of the next one', async () => {
    const next = {
      folder: workshop.path('folder'),
      privateKeys: [pair.privateKey],
      now,
      job: silentJob,
      previousPath: file,
    };
    const locked = await failureOf(packSnapshot({ ...next, out: workshop.path('next.assay') }));
    expect(locked.code).toBe('bundle.encrypted');
    const packed = await packSnapshot({ ...next, out: workshop.path('next.assay'), identities: holder.identities });
    expect(packed).toMatchObject({ sequence: 2, recipients: 0 });
  });

  it('says what it needs without an identity, and tells strangers all the same', async () => {
    expect(await failureOf(verifySnapshot(file, { trust, now, job: silentJob }))).toMatchObject({
      kind: 'locked',
      code: 'bundle.encrypted',
    });
    expect((await failureOf(verify(file, (await newHolder()).identities))).code).toBe('bundle.wrong_identity');
  });

  it('fails verification for a key that is not trusted, as inside any container', async () => {
    const stranger = trusting(trustedKey(generatePublisherKey()));
    const { verification } = await verifySnapshot(file, {
      trust: stranger,
      now,
      job: silentJob,
      identities: holder.identities,
    });
    expect(verification.ok).toBe(false);
    expect(verification.content.state).toBe('unknown');
  });
});

describe('packing to recipients', () => {
  it('never writes anything readable, not even for a moment', async () => {
    const seen = new Set<string>();
    const readable: string[] = [];
    const look = () => {
      for (const name of readdirSync(workshop.path('watched'))) {
        seen.add(name);
        const bytes = readFileSync(workshop.path('watched', name));
        if (bytes.includes(sentinel) || bytes.includes('PK\u0003\u0004')) readable.push(name);
      }
    };
    const { mkdir } = await import('node:fs/promises');
    await mkdir(workshop.path('watched'));
    await packSnapshot({
      folder: workshop.path('folder'),
      out: workshop.path('watched', 'b.assay'),
      privateKeys: [pair.privateKey],
      recipients: [holder.recipient],
      now,
      job: { report: look, throwIfCancelled: look },
    });
    look();
    expect(seen.size).toBeGreaterThan(1);
    expect(readable).toEqual([]);
  });

  it('leaves nothing behind when it is stopped', async () => {
    await import('node:fs/promises').then(({ mkdir }) => mkdir(workshop.path('stopped')));
    const stop = new Error('stopped');
    let calls = 0;
    const packing = packSnapshot({
      folder: workshop.path('folder'),
      out: workshop.path('stopped', 'b.assay'),
      privateKeys: [pair.privateKey],
      recipients: [holder.recipient],
      now,
      job: {
        report: () => {},
        throwIfCancelled: () => {
          calls += 1;
          if (calls > 10) throw stop;
        },
      },
    });
    await expect(packing).rejects.toBe(stop);
    expect(readdirSync(workshop.path('stopped'))).toEqual([]);
  });
});

describe('a changed encrypted bundle', () => {
  it('is refused with any block changed, and when a block is missing', async () => {
    const bytes = readFileSync(file);
    const start = headerLength(bytes) + 16;
    const blocks = Math.ceil((bytes.length - start) / sealedChunk);
    for (let block = 0; block < blocks; block += 1) {
      const at = start + block * sealedChunk + 11;
      const flipped = changed('flipped.assay', (copy) => {
        copy[at] = (copy[at] ?? 0) ^ 4;
        return copy;
      });
      expect((await failureOf(verify(flipped))).code, `block ${block}`).toBe('bundle.damaged');
      const cut = changed('cut.assay', (copy) => copy.subarray(0, start + block * sealedChunk));
      expect((await failureOf(verify(cut))).code, `cut before block ${block}`).toBe('bundle.damaged');
    }
  });
});

describe('what may be read before a signature is checked', () => {
  it('counts the blocks that were really read', async () => {
    const evidence = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`evidence/${n}.bin`, randomBytes(200_000)]),
    );
    const folder = await writeFolder(workshop.path('wide'), { evidence });
    const out = workshop.path('wide.assay');
    await packSnapshot({
      folder,
      out,
      privateKeys: [pair.privateKey],
      recipients: [holder.recipient],
      now,
      job: silentJob,
    });
    const container = await openContainer(out, holder.identities);
    const read = async () => {
      for (const name of Object.keys(evidence)) await readMember(container, name, 1_000_000);
    };
    expect((await failureOf(read())).code).toBe('container.unverified_too_large');
    container.allowAll();
    await read();
    await container.close();
  });
});
