import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordLine } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { hashLeaf } from '../../../src-main/core/snapshot/merkle.ts';
import { packSnapshot } from '../../../src-main/core/snapshot/write.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import type { ProofDocument } from '../../../src-shared/domain/disclosure.ts';
import { codeOf } from '../../support/session.ts';
import {
  now,
  openWorkshop,
  packSample,
  type SampleBundle,
  sampleRecord,
  trustedKey,
  trusting,
  type Workshop,
  writeFolder,
} from '../snapshot/fixture.ts';
import { type Draft, forged, prove, verify, withPayload } from './fixture.ts';
import { rewriteMember } from './rewrite-bundle.ts';

let workshop: Workshop;
let sample: SampleBundle;
let proof: ProofDocument;
let bytes: Buffer;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  ({ proof, bytes } = await prove(sample.file, ['model/model-3', 'model_version/m/2']));
});
afterAll(() => workshop.remove());

/** `state code` of the answer's content line, or the failure that reading raised. */
async function answerTo(document: Uint8Array, trust = sample.trust): Promise<string> {
  let answer: Awaited<ReturnType<typeof verify>> | undefined;
  const failure = await codeOf(async () => {
    answer = await verify(document, trust);
  });
  if (!answer) return failure;
  if (!answer.ok) expect([answer.records, answer.absent]).toEqual([[], []]);
  return `${answer.content.state} ${answer.content.code}`;
}

describe('when records are proven', () => {
  it('shows them, their place, whose signature it is, and that nothing else is shown', async () => {
    const answer = await verify(bytes, sample.trust);
    expect(answer).toMatchObject({
      ok: true,
      statementSha256: sample.packed.statementSha256,
      content: {
        state: 'pass',
        code: 'content.proven',
        text: 'These 2 of 26 records are in the signed snapshot. Nothing is shown about the other 24 but their number.',
      },
      signer: { state: 'pass' },
      shown: 2,
      size: 26,
      absent: [],
    });
    expect(answer.records.map(({ ref, role }) => [ref.kind, ref.id, role])).toEqual([
      ['model', 'model-3', 'record'],
      ['model_version', 'm/2', 'record'],
    ]);
    expect(answer.records[0]?.line).toBe(recordLine(sampleRecord('model', 'model-3', { owner: 'Ünïcode & "quotes"' })));
  });

  it('discloses no line that was not asked for', () => {
    expect(proof.leaves).toHaveLength(2);
    expect(bytes.includes('model-4')).toBe(false);
  });

  it('is the same document whenever and in whatever order it is asked for', async () => {
    const again = await prove(sample.file, ['model_version/m/2', 'model/model-3', 'model/model-3']);
    expect(again.bytes.equals(bytes)).toBe(true);
  });

  it('holds for every set of records', async () => {
    const all = [
      ...Array.from({ length: 20 }, (_, n) => `model/model-${n}`),
      ...Array.from({ length: 5 }, (_, n) => `model_version/m/${n}`),
      'deployment/with "quotes" and \\',
    ];
    await fc.assert(
      fc.asyncProperty(fc.subarray(all, { minLength: 1 }), async (some) => {
        const made = await prove(sample.file, some);
        const answer = await verify(made.bytes, sample.trust);
        expect(answer.ok).toBe(true);
        expect(answer.records.map(({ ref }) => `${ref.kind}/${ref.id}`).sort()).toEqual([...some].sort());
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [['model/nobody'], 'input proof.record_unknown'],
    [['dataset/model-3'], 'input proof.record_unknown'],
    [[], 'usage proof.nothing_asked'],
    [Array.from({ length: 1001 }, (_, n) => `model/x${n}`), 'usage proof.too_many'],
  ])('refuses %j', async (records, code) => {
    expect(await codeOf(() => prove(sample.file, records))).toBe(code);
  });

  it('writes no proof from a bundle whose records were changed', async () => {
    const altered = rewriteMember(workshop, sample.file, 'records/model-0001.ndjson', (text) =>
      text.replace('record model-7', 'record model-8'),
    );
    expect(await codeOf(() => prove(altered, ['model/model-3']))).toBe('trust content.digest');
    const evidence = rewriteMember(workshop, sample.file, 'evidence/sample/model.json', () => '{"models": {}}\n');
    expect(await codeOf(() => prove(evidence, ['model/model-3']))).toBe('trust content.digest');
  });
});

describe('when a proof was tampered with', () => {
  const cases: readonly (readonly [string, string, (draft: Draft) => void])[] = [
    ['a byte of a record', 'fail proof.root', (d) => (d['leaves'][0].line = d['leaves'][0].line.replace('3', '4'))],
    ['a record for another', 'fail proof.root', (d) => (d['leaves'][1].line = d['leaves'][0].line)],
    ['the index of a record', 'fail proof.root', (d) => (d['leaves'][0].index += 1)],
    ['an index beyond the tree', 'fail proof.root', (d) => (d['leaves'][1].index = 26)],
    ['a huge index', 'fail proof.root', (d) => (d['leaves'][1].index = Number.MAX_SAFE_INTEGER)],
    ['a hash', 'fail proof.root', (d) => (d['nodes'][0] = '0'.repeat(64))],
    ['two hashes swapped', 'fail proof.root', (d) => d['nodes'].reverse()],
    ['a hash too few', 'fail proof.root', (d) => d['nodes'].pop()],
    ['a hash too many', 'fail proof.root', (d) => d['nodes'].push('0'.repeat(64))],
    ['the size', 'fail proof.tree', (d) => (d['tree'].size = 27)],
    ['a huge size', 'fail proof.tree', (d) => (d['tree'].size = Number.MAX_SAFE_INTEGER)],
    ['the root', 'fail proof.tree', (d) => (d['tree'].root = 'f'.repeat(64))],
    ['a record left out', 'fail proof.root', (d) => d['leaves'].pop()],
    ['an absence invented', 'fail proof.absence', (d) => (d['absent'] = [{ kind: 'model', id: 'model-5' }])],
    ['a shown record called absent', 'fail proof.absence', (d) => (d['absent'] = [{ kind: 'model', id: 'model-3' }])],
    [
      'the payload',
      'unknown content.not_checked',
      (d) => {
        d['signatures'][0].text = withPayload(d['signatures'][0].text, (p) =>
          p.replace('"sequence":1', '"sequence":2'),
        );
      },
    ],
    [
      'the signed root',
      'unknown content.not_checked',
      (d) => {
        const other = 'e'.repeat(64);
        d['signatures'][0].text = withPayload(d['signatures'][0].text, (p) => p.replace(d['tree'].root, other));
        d['tree'].root = other;
      },
    ],
    [
      'the signature',
      'unknown content.not_checked',
      (d) => {
        const bundle = JSON.parse(d['signatures'][0].text);
        const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
        signature[10] = (signature[10] ?? 0) ^ 1;
        bundle.dsseEnvelope.signatures[0].sig = signature.toString('base64');
        d['signatures'][0].text = JSON.stringify(bundle);
      },
    ],
    [
      'the name of the signature file',
      'unknown content.not_checked',
      (d) => (d['signatures'][0].member = 'other.json'),
    ],
    ['the same record twice', 'input proof.malformed', (d) => d['leaves'].splice(1, 0, d['leaves'][0])],
    ['records in another order', 'input proof.malformed', (d) => d['leaves'].reverse()],
    ['nothing shown', 'input proof.malformed', (d) => Object.assign(d, { leaves: [], nodes: [] })],
    ['an unknown field', 'input proof.malformed', (d) => (d['note'] = 'verified')],
    ['an unknown field of a record', 'input proof.malformed', (d) => (d['leaves'][0].kind = 'model')],
    ['an index with a fraction', 'input proof.malformed', (d) => (d['leaves'][0].index = 1.5)],
    ['an index beyond 2^53', 'input proof.malformed', (d) => (d['leaves'][1].index = 2 ** 60)],
    ['a negative index', 'input proof.malformed', (d) => (d['leaves'][0].index = -1)],
    ['a hash in capitals', 'input proof.malformed', (d) => (d['nodes'][0] = d['nodes'][0].toUpperCase())],
    ['a short hash', 'input proof.malformed', (d) => (d['nodes'][0] = 'ab')],
    ['no signature', 'input proof.malformed', (d) => (d['signatures'] = [])],
    ['a later format', 'input proof.version', (d) => (d['format'] = 'urn:assay:proof:v2')],
    ['another format', 'input proof.malformed', (d) => (d['format'] = 'urn:other')],
  ];
  it.each(cases)('sees %s: %s', async (_what, expected, change) => {
    expect(await answerTo(forged(proof, change))).toBe(expected);
  });

  it.each([
    ['white space', (text: string) => text.replace('{', '{ ')],
    ['no newline', (text: string) => text.trimEnd()],
    ['two newlines', (text: string) => `${text}\n`],
    ['a duplicate key', (text: string) => text.replace('"absent":[]', '"absent":[],"absent":[]')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['a number in another spelling', (text: string) => text.replace('"size":26', '"size":26.0')],
    ['__proto__', (text: string) => text.replace('{"absent"', '{"__proto__":{},"absent"')],
    ['depth', () => '['.repeat(1_000_000)],
    ['nothing', () => ''],
  ])('refuses a document with %s', async (_what, change) => {
    expect(await answerTo(Buffer.from(change(bytes.toString('utf8'))))).toBe('input proof.malformed');
  });

  it('refuses bytes that are no UTF-8', async () => {
    expect(await answerTo(Buffer.concat([bytes.subarray(0, 40), Buffer.of(0xff), bytes.subarray(40)]))).toBe(
      'input proof.malformed',
    );
  });

  it('accepts no document with any one bit changed', async () => {
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const answer = await answerTo(changed);
      expect(answer, `byte ${at}`).not.toMatch(/^pass/);
    }
  });
});

describe('when parts of two snapshots are mixed', () => {
  it('accepts the records of one under the signature of the other in no way', async () => {
    const pair = generatePublisherKey();
    const trust = trusting(trustedKey(pair));
    const proofs: ProofDocument[] = [];
    for (const [name, count] of [
      ['one', 4],
      ['two', 5],
    ] as const) {
      const records = Array.from({ length: count }, (_, n) => sampleRecord('model', `${name}-${n}`));
      const folder = await writeFolder(workshop.path(`mixed-${name}`), { records });
      const out = workshop.path(`mixed-${name}.zip`);
      await packSnapshot({ folder, out, privateKeys: [pair.privateKey], now, job: silentJob });
      proofs.push((await prove(out, [`model/${name}-1`])).proof);
    }
    const [one, two] = proofs as [ProofDocument, ProofDocument];
    expect(
      await answerTo(
        forged(one, (d) => (d['signatures'] = two.signatures)),
        trust,
      ),
    ).toBe('fail proof.tree');
    const moved = (d: Draft) => Object.assign(d, { signatures: two.signatures, tree: two.tree });
    expect(await answerTo(forged(one, moved), trust)).toBe('fail proof.root');
    const nodes = (d: Draft) => Object.assign(d, { nodes: two.nodes });
    expect(await answerTo(forged(one, nodes), trust)).toBe('fail proof.root');
    const both = (d: Draft) => (d['signatures'] = [...one.signatures, ...two.signatures]);
    expect(await answerTo(forged(one, both), trust)).toBe('unknown content.not_checked');
  });
});

describe('when the policy decides about the signer', () => {
  it('shows no record signed by a stranger', async () => {
    const answer = await verify(bytes, trusting(trustedKey(generatePublisherKey())));
    expect(answer).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'content.not_checked' },
      signer: { state: 'fail', code: 'signer.untrusted' },
      predicate: null,
      shown: 0,
      records: [],
    });
  });

  it.each([
    ['another registry', { registryIds: ['urn:uuid:other'] }, 'signer.out_of_scope'],
    ['a revoked key', { revoked: { at: '2026-11-01T00:00:00Z', reason: 'stolen', accepted: [] } }, 'signer.revoked'],
    ['a key that had ended', { validFor: { end: '2026-01-01T00:00:00Z' } }, 'signer.not_valid'],
  ])('shows no record signed for %s, although the mathematics holds', async (_what, overrides, code) => {
    const answer = await verify(bytes, trusting(trustedKey(sample.pair, overrides)));
    expect(answer).toMatchObject({ ok: false, content: { state: 'pass' }, signer: { code }, records: [] });
  });

  it('counts distinct co-signers and carries all signature files', async () => {
    const second = generatePublisherKey();
    const both = await packSample(workshop, { name: 'cosigned', keys: [second.privateKey] });
    const made = await prove(both.file, ['model/model-1']);
    expect(made.proof.signatures).toHaveLength(2);
    const trust = trusting(trustedKey(both.pair), trustedKey(second));
    expect(await verify(made.bytes, trust, { threshold: 2 })).toMatchObject({ ok: true });
    const twice = forged(made.proof, (d) => (d['signatures'] = [d['signatures'][0], d['signatures'][0]]));
    expect(await verify(twice, trust, { threshold: 2 })).toMatchObject({ ok: false });
    const alone = forged(made.proof, (d) => d['signatures'].pop());
    expect(await verify(alone, trust, { threshold: 2 })).toMatchObject({
      ok: false,
      signer: { code: 'signer.threshold' },
      records: [],
    });
  });

  it('carries the signature files byte for byte', () => {
    expect(proof.signatures[0]?.text.endsWith('}\n')).toBe(true);
    expect(hashLeaf(Buffer.from(proof.leaves[0]?.line ?? ''))).toHaveLength(32);
  });
});
