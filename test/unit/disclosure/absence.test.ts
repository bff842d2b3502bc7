/** Records that are not there: between which neighbours, at which end, in a kind that has none. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { nodesToHex } from '../../../src-main/core/disclosure/disclosed-leaves.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { createLeafHashes, createMultiproof } from '../../../src-main/core/snapshot/merkle.ts';
import { writeStatement } from '../../../src-main/core/snapshot/statement.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { codeOf } from '../../support/session.ts';
import {
  now,
  openWorkshop,
  packSample,
  type SampleBundle,
  sampleRecord,
  type Workshop,
  writeFolder,
} from '../snapshot/fixture.ts';
import { forged, prove, verify } from './fixture.ts';

let workshop: Workshop;
let sample: SampleBundle;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
});
afterAll(() => workshop.remove());

/** Ids of the lines that a proof of absence discloses. */
async function neighbours(absent: string): Promise<readonly string[]> {
  const { proof, bytes } = await prove(sample.file, [], [absent]);
  const answer = await verify(bytes, sample.trust);
  expect(answer).toMatchObject({ ok: true, absent: [{ basis: 'signed_order' }] });
  expect(answer.records.map(({ role }) => role)).toEqual(proof.leaves.map(() => 'neighbour'));
  return answer.records.map(({ ref }) => `${ref.kind}/${ref.id}`);
}

describe('when a record is shown to be absent', () => {
  it('shows the two neighbours of the gap and nothing else', async () => {
    expect(await neighbours('model/model-15x')).toEqual(['model/model-15', 'model/model-16']);
  });

  it('shows one neighbour at either end of a kind, and never a record of another kind', async () => {
    expect(await neighbours('model/a')).toEqual(['model/model-0']);
    expect(await neighbours('model/z')).toEqual(['model/model-9']);
    expect(await neighbours('model_version/a')).toEqual(['model_version/m/0']);
    expect(await neighbours('model_version/z')).toEqual(['model_version/m/4']);
  });

  it('shows no record at all for a kind of which the signed counts name none', async () => {
    expect(await neighbours('dataset/a')).toEqual([]);
    const { proof } = await prove(sample.file, [], ['dataset/a']);
    expect([proof.leaves, proof.nodes]).toEqual([[], []]);
  });

  it('speaks of the signed counts where there are no neighbours to speak of', async () => {
    const { bytes } = await prove(sample.file, [], ['dataset/a']);
    const text = async (imported: boolean) =>
      (await verify(bytes, sample.trust, { wasImported: () => imported })).absent[0]?.text;
    expect(await text(false)).toMatch(/by the publisher's signed counts it holds no record of kind dataset/);
    expect(await text(true)).toMatch(/holds no record of kind dataset, as this workspace checked/);
    expect(`${await text(true)}${await text(false)}`).not.toContain('neighbours');
  });

  it('orders ids by their UTF-8 bytes, where UTF-16 would order them otherwise', async () => {
    const records = ['\uff5e', '\u{1f600}'].map((id) => sampleRecord('model', id));
    const other = await packSample(workshop, { name: 'utf8', records });
    const { bytes } = await prove(other.file, [], ['model/\uff5f']);
    const answer = await verify(bytes, other.trust);
    expect(answer.records.map(({ ref }) => ref.id)).toEqual(['\uff5e', '\u{1f600}']);
  });

  it('says whose word the order is, and when this workspace checked it itself', async () => {
    const { bytes } = await prove(sample.file, [], ['model/nobody']);
    expect((await verify(bytes, sample.trust)).absent[0]?.text).toMatch(/publisher's statement/);
    const checked = await verify(bytes, sample.trust, {
      wasImported: (digest) => digest === sample.packed.statementSha256,
    });
    expect(checked.absent[0]).toMatchObject({ basis: 'checked_order' });
  });

  it('refuses to show the absence of what is there', async () => {
    expect(await codeOf(() => prove(sample.file, [], ['model/model-3']))).toBe('input proof.record_present');
    expect(await codeOf(() => prove(sample.file, ['model/model-3'], ['model/model-3']))).toBe(
      'usage proof.contradiction',
    );
  });

  it('holds for any mixture of present and absent records', async () => {
    const id = fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
      .filter((text) => text.isWellFormed() && !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(id, { maxLength: 6 }), fc.subarray([0, 5, 13, 19]), async (ids, present) => {
        const absent = ids.filter((one) => !/^model-\d+$/.test(one)).map((one) => `model/${one}`);
        fc.pre(absent.length + present.length > 0);
        const { bytes } = await prove(
          sample.file,
          present.map((n) => `model/model-${n}`),
          absent,
        );
        const answer = await verify(bytes, sample.trust);
        expect(answer.ok).toBe(true);
        expect(new Set(answer.absent.map(({ ref }) => `${ref.kind}/${ref.id}`))).toEqual(new Set(absent));
      }),
      { numRuns: 40 },
    );
  });
});

describe('when an absence is forged', () => {
  it('sees that the neighbours are not next to each other', async () => {
    const { proof } = await prove(sample.file, ['model/model-2', 'model/model-4']);
    const claim = forged(proof, (d) => (d['absent'] = [{ kind: 'model', id: 'model-3' }]));
    expect((await verify(claim, sample.trust)).content).toMatchObject({ state: 'fail', code: 'proof.absence' });
  });

  it('sees a record that is shown, next to its neighbour, and called absent', async () => {
    const { proof } = await prove(sample.file, ['model/model-2', 'model/model-3']);
    const claim = forged(proof, (d) => (d['absent'] = [{ kind: 'model', id: 'model-3' }]));
    expect((await verify(claim, sample.trust)).content).toMatchObject({ state: 'fail', code: 'proof.absence' });
  });

  it('sees that a record stands behind the one that is shown as the last', async () => {
    const { proof } = await prove(sample.file, ['model/model-8']);
    const claim = forged(proof, (d) => (d['absent'] = [{ kind: 'model', id: 'model-9' }]));
    expect((await verify(claim, sample.trust)).content.code).toBe('proof.absence');
  });

  it('sees that nothing is shown of a kind that has records', async () => {
    const { proof } = await prove(sample.file, [], ['dataset/a']);
    const claim = forged(proof, (d) => (d['absent'] = [{ kind: 'model', id: 'model-3' }]));
    expect((await verify(claim, sample.trust)).content.code).toBe('proof.absence');
  });

  it('sees absences out of order or twice', async () => {
    const { proof } = await prove(sample.file, [], ['dataset/a', 'dataset/b']);
    for (const change of [
      (d: { absent?: unknown[] }) => d.absent?.reverse(),
      (d: { absent?: unknown[] }) => d.absent?.push(d.absent[1]),
    ])
      expect(await codeOf(() => verify(forged(proof, change), sample.trust))).toBe('input proof.malformed');
  });

  it('sees a publisher who signed records in another order than the format says', async () => {
    const folder = await writeFolder(workshop.path('unsorted'));
    const out = workshop.path('unsorted.zip');
    await packSnapshot({ folder, out, privateKeys: [sample.pair.privateKey], now, job: silentJob });
    const { proof } = await prove(out, ['model/model-3', 'model/model-4']);
    const bundle = JSON.parse(proof.signatures[0]?.text ?? '');
    const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
    // Two leaves, signed the wrong way round.
    const lines = proof.leaves.map(({ line }) => line).reverse();
    const hashes = createLeafHashes();
    for (const line of lines) hashes.append(Buffer.from(line));
    const { root, nodes } = createMultiproof(hashes.bytes(), [0, 1]);
    statement.predicate.merkle = { ...statement.predicate.merkle, leaves: 2, root: root.toString('hex') };
    statement.predicate.files = statement.predicate.files.flatMap((file: { kind: string; records: number }) =>
      file.kind === 'model' ? [{ ...file, records: 2 }] : file.kind === 'evidence' ? [file] : [],
    );
    const kept = new Set(statement.predicate.files.map(({ name }: { name: string }) => name));
    statement.subject = statement.subject.filter(({ name }: { name: string }) => kept.has(name));
    const text = writeBundle(writeStatement(statement), sample.pair.privateKey).toString();
    const document = {
      ...proof,
      signatures: [{ member: 'snapshot.sigstore.json', text }],
      tree: { size: 2, root: root.toString('hex') },
      leaves: lines.map((line, index) => ({ index, line })),
      nodes: nodesToHex(nodes),
    };
    const answer = await verify(Buffer.from(`${toJcs(document)}\n`), sample.trust);
    expect(answer).toMatchObject({
      ok: false,
      signer: { state: 'pass' },
      content: { state: 'fail', code: 'proof.order' },
    });
  });
});
