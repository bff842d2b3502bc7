/** The `model.sig` companion: what it covers, that it verifies on the unpacked bundle, and that a wrong one is not passed over. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeArtifactKey } from '../../../src-main/core/artifact/artifact-key.ts';
import { signModel } from '../../../src-main/core/artifact/sign-model.ts';
import { namedKey } from '../../../src-main/core/artifact/signers.ts';
import { verifyArtifact } from '../../../src-main/core/artifact/verify-artifact.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { now, openWorkshop, packSample, put, type SampleBundle, type Workshop } from './fixture.ts';
import { buildZip, membersOf } from './zip-lab.ts';

let workshop: Workshop;
let sample: SampleBundle;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop, { name: 'signed', modelSigning: true });
});
afterAll(() => workshop.remove());

async function unpack(name: string): Promise<string> {
  const folder = workshop.path(name);
  for (const member of membersOf(await readFile(sample.file))) await put(folder, member.name, member.content);
  return folder;
}
const snapshotOf = async (path: string) =>
  (await verifySnapshot(path, { trust: sample.trust, now, job: silentJob })).verification;
const artifactOf = (path: string) =>
  verifyArtifact({
    path,
    trust: { candidates: [namedKey(describeArtifactKey(sample.pair.publicKey), 'k')], authorities: [], source: 'k' },
    now,
    job: silentJob,
  });

describe('a bundle packed with model.sig', () => {
  it('is as packed, and its members verify as an OpenSSF model on the unpacked bundle', async () => {
    expect(await snapshotOf(sample.file)).toMatchObject({ ok: true, container: { code: 'container.as_packed' } });
    const folder = await unpack('good');
    expect(await snapshotOf(folder)).toMatchObject({ ok: true, container: { code: 'container.folder' } });
    const members = membersOf(await readFile(sample.file)).length;
    expect(await artifactOf(folder)).toMatchObject({
      ok: true,
      basis: 'model_signing',
      counts: { expected: members - 2, same: members - 2, ignored: 1 },
    });
  });

  it('without the flag there is none', async () => {
    const plain = await packSample(workshop, { name: 'plain' });
    expect(membersOf(await readFile(plain.file)).map(({ name }) => name)).not.toContain('model.sig');
  });

  it('a changed member fails both ways, each by its own signature', async () => {
    const folder = await unpack('tampered');
    await writeFile(join(folder, 'evidence', 'sample', 'model.json'), '{"models": [] }');
    expect(await snapshotOf(folder)).toMatchObject({ ok: false, content: { state: 'fail' } });
    expect(await artifactOf(folder)).toMatchObject({ ok: false, counts: { changed: 1 } });
  });
});

describe('a model.sig that does not fit', () => {
  const altered = { ok: true, content: { state: 'pass' }, container: { state: 'warn', code: 'container.altered' } };
  const other = (key = sample.pair) =>
    signModel({ name: 'other', files: new Map([['a', 'a'.repeat(64)]]), ignored: ['model.sig'] }, key.privateKey);

  it('is reported, in a folder as in a file, and the snapshot itself stands', async () => {
    for (const [bytes, why] of [
      [Buffer.from('{}'), 'model.sig cannot be used'],
      [other(), 'model.sig is about other files'],
      [other(generatePublisherKey()), 'model.sig is not signed by a key that signed the snapshot'],
    ] as const) {
      const folder = await unpack('wrong');
      await writeFile(join(folder, 'model.sig'), bytes);
      const inFolder = await snapshotOf(folder);
      expect(inFolder).toMatchObject(altered);
      expect(inFolder.container.text).toContain(why);
      const file = workshop.path('wrong.zip');
      const members = membersOf(await readFile(sample.file));
      await writeFile(
        file,
        buildZip(members.map((member) => (member.name === 'model.sig' ? { ...member, content: bytes } : member))),
      );
      expect(await snapshotOf(file)).toMatchObject(altered);
      await rm(folder, { recursive: true });
    }
  });

  it('with every byte of it changed: reported, or it says the same', async () => {
    const folder = await unpack('bytes');
    const path = join(folder, 'model.sig');
    const original = await readFile(path);
    const signed = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8')).dsseEnvelope?.payload;
    let reported = 0;
    for (let at = 0; at < original.length - 1; at += 7) {
      const bytes = Buffer.from(original);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      await writeFile(path, bytes);
      const { ok, container } = await snapshotOf(folder);
      expect(ok).toBe(true);
      if (container.state === 'pass') expect(signed(bytes)).toBe(signed(original));
      else reported += 1;
    }
    expect(reported).toBeGreaterThan(100);
  });
});
