/** A verifier that shares no code with ours, in another language with openssl, agrees about every proof. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportPublicKeyPem, generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import type { ProofDocument } from '../../../src-shared/domain/disclosure.ts';
import { type Draft, forged, prove, save, verify, withPayload } from '../../unit/disclosure/fixture.ts';
import { openWorkshop, packSample, type SampleBundle, type Workshop } from '../../unit/snapshot/fixture.ts';
import { describeWith } from '../support/tools.ts';

const script = join(import.meta.dirname, 'verify_proof.py');

let workshop: Workshop;
let sample: SampleBundle;
let key: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  key = save(workshop.path('publisher.pub.pem'), Buffer.from(exportPublicKeyPem(sample.pair.publicKey)));
});
afterAll(() => workshop?.remove());

function foreign(bytes: Buffer, publicKey = key): { readonly ok: boolean; readonly lines: readonly string[] } {
  const run = spawnSync('python3', [script, save(workshop.path('candidate.json'), bytes), publicKey], {
    encoding: 'utf8',
  });
  return { ok: run.status === 0, lines: run.stdout.split('\n').filter((line) => line !== '') };
}

const some: readonly (readonly string[])[] = [
  ['model/model-0'],
  ['model_version/m/4'],
  ['deployment/with "quotes" and \\'],
  ['model/model-3', 'model/model-4', 'model_version/m/0'],
  Array.from({ length: 20 }, (_, n) => `model/model-${n}`),
];

describeWith(['python3', 'openssl'], 'verify our proofs by a script of their own', () => {
  it.each(some.map((records) => [records]))('they find the same lines proven: %j', async (records) => {
    const { bytes, proof } = await prove(sample.file, records);
    expect(foreign(bytes)).toEqual({ ok: true, lines: proof.leaves.map(({ line }) => line) });
  });

  const changes: readonly (readonly [string, (draft: Draft) => void])[] = [
    ['a record', (d) => (d['leaves'][0].line = d['leaves'][0].line.replace('model-3', 'model-4'))],
    ['an index', (d) => (d['leaves'][0].index += 1)],
    ['a hash', (d) => (d['nodes'][1] = '0'.repeat(64))],
    ['a hash too many', (d) => d['nodes'].push('0'.repeat(64))],
    ['a hash too few', (d) => d['nodes'].pop()],
    [
      'the statement',
      (d) =>
        (d['signatures'][0].text = withPayload(d['signatures'][0].text, (p) =>
          p.replace('"sequence":1', '"sequence":7'),
        )),
    ],
  ];
  it.each(changes)('they refuse what we refuse: %s', async (_what, change) => {
    const { proof }: { proof: ProofDocument } = await prove(sample.file, ['model/model-3', 'model_version/m/2']);
    const bytes = forged(proof, change);
    expect(foreign(bytes).ok).toBe(false);
    expect((await verify(bytes, sample.trust)).ok).toBe(false);
  });

  it('they refuse another key', async () => {
    const { bytes } = await prove(sample.file, ['model/model-3']);
    const other = exportPublicKeyPem(generatePublisherKey().publicKey);
    expect(foreign(bytes, save(workshop.path('other.pub.pem'), Buffer.from(other))).ok).toBe(false);
  });
});
