import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import { parseRecordLine } from '../../../src-main/core/snapshot/parse-line.ts';
import { openVerified, type VerifyOptions, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { readBundle, writeBundle } from '../../../src-main/core/trust/bundle.ts';
import { signDsse } from '../../../src-main/core/trust/dsse.ts';
import { describePublicKey, generatePublisherKey, keyIdHex } from '../../../src-main/core/trust/keys.ts';
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { now, openWorkshop, packSample, type SampleBundle, trustedKey, trusting, type Workshop } from './fixture.ts';
import { buildZip, type LabEntry, membersOf } from './zip-lab.ts';

let workshop: Workshop;
let sample: SampleBundle;
let members: readonly LabEntry[];
let payload: Buffer;
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  members = membersOf(await readFile(sample.file));
  payload = readBundle('x', signatureOf(members)).payload;
});
afterAll(() => workshop.remove());

const signatureName = 'snapshot.sigstore.json';
const signatureOf = (list: readonly LabEntry[]): Buffer =>
  list.find((entry) => entry.name === signatureName)?.content ?? Buffer.alloc(0);
const withSignature = (bytes: Buffer | string): LabEntry[] =>
  members.map((entry) => (entry.name === signatureName ? { ...entry, content: Buffer.from(bytes) } : entry));
const replaced = (name: string, content: Buffer): LabEntry[] =>
  members.map((entry) => (entry.name === name ? { ...entry, content } : entry));

async function verify(
  entries: readonly LabEntry[],
  trust: TrustStore = sample.trust,
  at: Date = now,
  newestCreatedAt?: string,
) {
  const file = workshop.path('mutant.zip');
  await writeFile(file, buildZip(entries));
  const options = { trust, now: at, job: silentJob, ...(newestCreatedAt === undefined ? {} : { newestCreatedAt }) };
  const { verification } = await verifySnapshot(file, options);
  const opened = await openAndFinish(file, options);
  expect(opened).toBe(verification.ok ? 'opened' : 'trust');
  return verification;
}

/** What an importer sees: `opened`, or the kind of the failure. */
async function openAndFinish(file: string, options: VerifyOptions): Promise<string> {
  try {
    const snapshot = await openVerified(file, options);
    try {
      await snapshot.finish();
      return 'opened';
    } finally {
      await snapshot.close();
    }
  } catch (error) {
    if (error instanceof AssayError) return error.failure.kind;
    throw error;
  }
}

/** The bundle's JSON as an object that a test may spoil. */
interface LooseBundle {
  mediaType: string;
  verificationMaterial: { publicKey: { hint: string }; tlogEntries: unknown[]; [key: string]: unknown };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
  [key: string]: unknown;
}
function spoiled(change: (bundle: LooseBundle, first: { sig: string; keyid?: string }) => void): LabEntry[] {
  const bundle: LooseBundle = JSON.parse(signatureOf(members).toString());
  change(bundle, bundle.dsseEnvelope.signatures[0] ?? { sig: '' });
  return withSignature(JSON.stringify(bundle));
}
/** A bundle over an edited statement, signed again by the trusted key: what only the publisher could do. */
function resigned(edit: (text: string) => string): LabEntry[] {
  return withSignature(writeBundle(Buffer.from(edit(payload.toString())), sample.pair.privateKey));
}

describe('when the signature file was tampered with', () => {
  it.each<[string, () => LabEntry[], string]>([
    [
      'C1 another payload type',
      () => spoiled((bundle) => (bundle.dsseEnvelope.payloadType = 'text/plain')),
      'signature.payload_type',
    ],
    ['C3 a key id that lies', () => spoiled((_, first) => (first.keyid = 'AAAA')), 'signature.keyid'],
    [
      'C4 base64 with a stray character',
      () => spoiled((_, first) => (first.sig = `${first.sig.slice(0, 4)}!${first.sig.slice(4)}`)),
      'signature.base64',
    ],
    [
      'C5 a raw r||s signature',
      () => spoiled((_, first) => (first.sig = Buffer.alloc(64, 1).toString('base64'))),
      'signature.invalid',
    ],
    [
      'C7 another payload',
      () =>
        spoiled(
          (bundle) =>
            (bundle.dsseEnvelope.payload = Buffer.from(
              payload.toString().replace('"sequence":1', '"sequence":2'),
            ).toString('base64')),
        ),
      'signature.invalid',
    ],
    ['C8 no signatures', () => spoiled((bundle) => (bundle.dsseEnvelope.signatures = [])), 'signature.malformed'],
    [
      'C2 one signature twice',
      () => spoiled((bundle, first) => bundle.dsseEnvelope.signatures.push(first)),
      'signature.malformed',
    ],
    ['an unknown field', () => spoiled((bundle) => (bundle['extra'] = 1)), 'signature.malformed'],
    [
      'a transparency log entry',
      () => spoiled((bundle) => bundle.verificationMaterial.tlogEntries.push({})),
      'signature.malformed',
    ],
    ['another media type', () => spoiled((bundle) => (bundle.mediaType = 'application/json')), 'signature.malformed'],
    ['text that is not JSON', () => withSignature('nope'), 'signature.malformed'],
    ['nothing', () => withSignature(''), 'signature.malformed'],
    [
      'the signature of another key',
      () => withSignature(writeBundle(payload, generatePublisherKey().privateKey)),
      'signer.untrusted',
    ],
  ])('refuses %s', async (_name, build, code) => {
    expect(await verify(build())).toMatchObject({ ok: false, signer: { state: 'fail', code } });
  });

  it('C3 a forged signature under a trusted key id does not verify', async () => {
    const forged = signDsse('application/vnd.in-toto+json', payload, generatePublisherKey().privateKey).toString(
      'base64',
    );
    expect(await verify(spoiled((_, first) => (first.sig = forged)))).toMatchObject({
      ok: false,
      signer: { code: 'signature.invalid' },
      content: { state: 'unknown' },
    });
  });

  it.each<[string, (hint: string) => string | undefined]>([
    ['is absent', () => undefined],
    ['repeats the hint', (hint) => hint],
  ])('accepts a key id that %s: the hint names the key', async (_name, keyid) => {
    const bundle = spoiled((all, first) => {
      Object.assign(first, { keyid: keyid(all.verificationMaterial.publicKey.hint) });
    });
    expect(await verify(bundle)).toMatchObject({ ok: true });
  });

  it('accepts url-safe base64, as DSSE allows', async () => {
    const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
    const bundle = spoiled((all, first) => {
      first.sig = urlSafe(first.sig);
      all.dsseEnvelope.payload = urlSafe(all.dsseEnvelope.payload);
    });
    expect(await verify(bundle)).toMatchObject({ ok: true });
  });
});

describe('when the publisher signs something that is no good statement', () => {
  it.each<[string, (text: string) => string, string]>([
    [
      'C12 another predicate type',
      (text) => text.replace('urn:assay:registry-snapshot:v1', 'urn:other'),
      'statement.predicate_type',
    ],
    ['C11 sha1 only', (text) => text.replace('"sha256"', '"sha1"'), 'statement.malformed'],
    [
      'D5 a sequence beyond 2^53',
      (text) => text.replace('"sequence":1', '"sequence":9007199254740993'),
      'statement.malformed',
    ],
    ['white space', (text) => text.replace(':', ': '), 'statement.not_canonical'],
    ['a duplicate key', (text) => text.replace('"sequence":1', '"sequence":1,"sequence":1'), 'statement.not_canonical'],
    ['an unknown field', (text) => text.replace('"sequence":1', '"sequencf":1,"sequence":1'), 'statement.malformed'],
  ])('refuses %s', async (_name, edit, code) => {
    const verification = await verify(resigned(edit));
    expect(verification).toMatchObject({
      ok: false,
      signer: { code: 'statement.malformed' },
      content: { state: 'fail', code },
    });
    await expect(
      openVerified(workshop.path('mutant.zip'), { trust: sample.trust, now, job: silentJob }),
    ).rejects.toMatchObject({ failure: { kind: 'trust', code } });
  });

  it.each<[string, (text: string) => string, string]>([
    [
      'C11 the digest of another file',
      (text) => text.replaceAll(/"sha256":"[0-9a-f]{64}"/g, `"sha256":"${'0'.repeat(64)}"`),
      'content.digest',
    ],
    ['B12 another record count', (text) => text.replace('"records":20', '"records":19'), 'content.record_count'],
    ['B12 another leaf count', (text) => text.replace('"leaves":26', '"leaves":27'), 'content.record_count'],
    [
      'another Merkle root',
      (text) => text.replace(/"root":"[0-9a-f]{64}"/, `"root":"${'0'.repeat(64)}"`),
      'content.merkle_root',
    ],
    [
      'a subject that is no file',
      (text) =>
        text.replace('"name":"evidence/sample/raw.bin","records"', '"name":"evidence/sample/other.bin","records"'),
      'statement.file_list',
    ],
  ])('refuses %s', async (_name, edit, code) => {
    expect(await verify(resigned(edit))).toMatchObject({
      ok: false,
      signer: { state: 'pass' },
      content: { state: 'fail', code },
    });
  });
});

describe('when records were tampered with', () => {
  const model = 'records/model-0001.ndjson';
  const original = () => members.find((entry) => entry.name === model)?.content ?? Buffer.alloc(0);

  it.each<[string, (text: string) => string]>([
    ['a changed value of the same length', (text) => text.replace('record model-1', 'record model-X')],
    ['a malformed line of the same length', (text) => text.replace('{"body"', '["body"')],
    ['swapped lines', (text) => text.split('\n').slice(0, -1).reverse().concat('').join('\n')],
    ['a cut line', (text) => text.slice(0, -20)],
  ])('refuses %s as content that differs, never as a bad record', async (_name, edit) => {
    expect(await verify(replaced(model, Buffer.from(edit(original().toString()))))).toMatchObject({
      ok: false,
      signer: { state: 'pass' },
      content: { state: 'fail', code: 'content.digest' },
    });
  });

  it('gives a parser the trust failure behind its own', async () => {
    const file = workshop.path('explained.zip');
    await writeFile(
      file,
      buildZip(
        replaced(
          model,
          Buffer.from(original().toString().replace('record model-1', 'record\u0000model-1'.slice(0, 14))),
        ),
      ),
    );
    const snapshot = await openVerified(file, { trust: sample.trust, now, job: silentJob });
    const read = async () => {
      try {
        for await (const batch of snapshot.recordLines(silentJob))
          for (const line of batch) parseRecordLine(line, file);
      } catch (error) {
        throw await snapshot.explain(error);
      }
    };
    await expect(read()).rejects.toMatchObject({ failure: { kind: 'trust', code: 'content.digest' } });
    await snapshot.close();
  });

  it('D7 refuses members of two valid bundles mixed', async () => {
    const other = membersOf(await readFile((await packSample(workshop, { name: 'other', records: [] })).file));
    expect(await verify([...other.slice(0, 1), ...members.slice(1)])).toMatchObject({ ok: false });
    expect(
      await verify([...members.slice(0, -1), { name: 'evidence/sample/raw.bin', content: Buffer.from([9, 9, 9, 9]) }]),
    ).toMatchObject({ content: { code: 'content.digest' } });
  });
});

describe('when co-signatures are present', () => {
  const second = generatePublisherKey();
  const coName = (pair: typeof second) =>
    `signatures/${keyIdHex(describePublicKey(pair.publicKey).keyId)}.sigstore.json`;
  const both = () => ({ ...trusting(trustedKey(sample.pair), trustedKey(second, { label: 'Second' })), threshold: 2 });

  it('counts a co-signature over the identical payload', async () => {
    const verification = await verify(
      [...members, { name: coName(second), content: writeBundle(payload, second.privateKey) }],
      both(),
    );
    expect(verification).toMatchObject({ ok: true, signer: { text: 'Signed by Sample publisher, Second.' } });
  });

  it('C2 does not count the same signature under another name', async () => {
    expect(
      await verify([...members, { name: coName(sample.pair), content: signatureOf(members) }], both()),
    ).toMatchObject({ ok: false, signer: { code: 'signer.threshold' } });
    expect(await verify([...members, { name: coName(second), content: signatureOf(members) }], both())).toMatchObject({
      ok: false,
      signer: { code: 'signature.keyid' },
    });
  });

  it('refuses a co-signature over another payload', async () => {
    const other = Buffer.from(toJcs({ other: 1 }));
    expect(
      await verify([...members, { name: coName(second), content: writeBundle(other, second.privateKey) }], both()),
    ).toMatchObject({ ok: false, signer: { code: 'signature.payload_differs' } });
  });

  it('warns of a further signature that does not verify', async () => {
    const bundle: LooseBundle = JSON.parse(writeBundle(payload, second.privateKey).toString());
    const sig = signDsse('x', payload, second.privateKey).toString('base64');
    bundle.dsseEnvelope.signatures = [{ sig, keyid: bundle.verificationMaterial.publicKey.hint }];
    const trust = { ...both(), threshold: 1 };
    expect(
      await verify([...members, { name: coName(second), content: Buffer.from(JSON.stringify(bundle)) }], trust),
    ).toMatchObject({ ok: true, signer: { state: 'warn', code: 'signer.invalid_cosignature' } });
  });
});

describe('when the key or the time is not right', () => {
  const by = (overrides: Parameters<typeof trustedKey>[1]) => trusting(trustedKey(sample.pair, overrides));
  it.each<[string, Parameters<typeof trustedKey>[1], string]>([
    ['D8 another registry', { registryIds: ['urn:uuid:other'] }, 'signer.out_of_scope'],
    ['C9 a revoked key', { revoked: { at: '2026-11-01T00:00:00Z', reason: 'lost', accepted: [] } }, 'signer.revoked'],
    ['C9 an ended key', { validFor: { end: '2026-11-22T00:00:00Z' } }, 'signer.not_valid'],
  ])('refuses %s, and still says that the content is intact', async (_name, overrides, code) => {
    expect(await verify(members, by(overrides))).toMatchObject({
      ok: false,
      signer: { code },
      content: { state: 'pass' },
    });
  });

  it('D9 warns of a creation time in the future', async () => {
    expect(await verify(members, sample.trust, new Date('2026-11-20T00:00:00Z'))).toMatchObject({
      ok: true,
      freshness: { state: 'warn', code: 'freshness.future' },
    });
  });

  it('D6 warns of an expired snapshot, also when the clock was set back', async () => {
    const expiring = resigned((text) => text.replace('"files":', '"expiresAt":"2026-12-01T00:00:00Z","files":'));
    expect(await verify(expiring)).toMatchObject({ ok: true, freshness: { state: 'pass' } });
    expect(await verify(expiring, sample.trust, new Date('2027-01-01T00:00:00Z'))).toMatchObject({
      ok: true,
      freshness: { state: 'warn', code: 'freshness.expired' },
    });
    expect(await verify(expiring, sample.trust, now, '2027-01-01T00:00:00Z')).toMatchObject({
      ok: true,
      freshness: { state: 'warn', code: 'freshness.expired' },
    });
  });

  it('K1 says so when the clock is behind the newest snapshot', async () => {
    expect(await verify(members, sample.trust, now, '2026-11-24T00:00:00Z')).toMatchObject({
      ok: true,
      freshness: { state: 'warn', code: 'freshness.clock_behind' },
    });
  });

  it('warns when the key has ended since', async () => {
    const trust = by({ validFor: { end: '2026-11-24T00:00:00Z' } });
    expect(await verify(members, trust, new Date('2026-12-01T00:00:00Z'))).toMatchObject({
      ok: true,
      freshness: { state: 'warn', code: 'freshness.key_ended' },
    });
  });
});

describe('when the statement digest is quoted', () => {
  it('is the SHA-256 of the signed payload bytes', async () => {
    expect(sample.packed.statementSha256).toBe(createHash('sha256').update(payload).digest('hex'));
  });
});
