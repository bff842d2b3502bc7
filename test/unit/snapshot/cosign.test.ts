/** A co-signature added later, by somebody else: same payload bytes, content checked first, m of n then met. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { cosignSnapshot } from '../../../src-main/core/snapshot/cosign.ts';
import { verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { readBundle } from '../../../src-main/core/trust/bundle.ts';
import { describePublicKey, generatePublisherKey, keyIdHex } from '../../../src-main/core/trust/keys.ts';
import { codeOf } from '../../support/session.ts';
import { now, openWorkshop, packSample, type SampleBundle, trustedKey, trusting, type Workshop } from './fixture.ts';
import { buildZip, membersOf } from './zip-lab.ts';

let workshop: Workshop;
let sample: SampleBundle;
const second = generatePublisherKey();
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
});
afterAll(() => workshop.remove());

const cosign = (file: string, out: string, key = second) =>
  cosignSnapshot({ file, out, privateKey: key.privateKey, job: silentJob });
const verify = async (file: string) => {
  const trust = { ...trusting(trustedKey(sample.pair), trustedKey(second, { label: 'Second' })), threshold: 2 };
  return (await verifySnapshot(file, { trust, now, job: silentJob })).verification;
};

describe('when a snapshot is co-signed', () => {
  it('two of two are met over identical payload bytes, and the members are unchanged', async () => {
    const out = workshop.path('cosigned.assay');
    expect((await verify(sample.file)).signer).toMatchObject({ state: 'fail', code: 'signer.threshold' });
    const { keyId } = describePublicKey(second.publicKey);
    expect(await cosign(sample.file, out)).toMatchObject({
      statementSha256: sample.packed.statementSha256,
      keyIds: [describePublicKey(sample.pair.publicKey).keyId, keyId],
    });
    expect(await verify(out)).toMatchObject({
      ok: true,
      signer: { state: 'pass', parts: { thresholdMet: { count: 2, of: 2 } } },
      container: { code: 'container.as_packed' },
    });
    const added = `signatures/${keyIdHex(keyId)}.sigstore.json`;
    const [before, after] = [membersOf(await readFile(sample.file)), membersOf(await readFile(out))];
    expect(after.filter(({ name }) => name !== added).map(({ name, content }) => [name, content])).toEqual(
      before.map(({ name, content }) => [name, content]),
    );
    const payloadOf = (name: string) =>
      readBundle(name, after.find((entry) => entry.name === name)?.content ?? Buffer.alloc(0)).payload;
    expect(payloadOf(added)).toEqual(payloadOf('snapshot.sigstore.json'));
  });

  it('the same key signs once', async () => {
    expect(await codeOf(() => cosign(sample.file, workshop.path('twice.assay'), sample.pair))).toBe(
      'usage cosign.already_signed',
    );
  });

  it('content that is not what the statement says is not vouched for, and nothing is written', async () => {
    const entries = membersOf(await readFile(sample.file)).map((entry) =>
      entry.name === 'evidence/sample/raw.bin' ? { ...entry, content: Buffer.from([9, 9, 9, 9]) } : entry,
    );
    const file = workshop.path('tampered.assay');
    await writeFile(file, buildZip(entries));
    const out = workshop.path('tampered-cosigned.assay');
    expect(await codeOf(() => cosign(file, out))).toMatch(/^trust content\./);
    await expect(readFile(out)).rejects.toThrow(/ENOENT/);
  });

  it('a seventeenth co-signature has no reader, so it is not written', async () => {
    const keys = Array.from({ length: 16 }, () => generatePublisherKey().privateKey);
    const full = await packSample(workshop, { name: 'full', keys });
    expect(await codeOf(() => cosign(full.file, workshop.path('more.assay')))).toBe('input cosign.too_many');
  });
});
