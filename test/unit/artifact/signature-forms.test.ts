/** The forms a signature may have, the ways in which it may lie, and what a statement may ask for. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { modelRoot } from '../../../src-main/core/artifact/aggregates.ts';
import { envelopeVerifier, readArtifactKey } from '../../../src-main/core/artifact/artifact-key.ts';
import { pythonBytesLiteral } from '../../../src-main/core/artifact/legacy-encodings.ts';
import { readSignatureFile } from '../../../src-main/core/artifact/signature-file.ts';
import { sharedData } from '../../support/assay.ts';
import {
  envelopeOf,
  makeFolder,
  modelPayload,
  publisher,
  put,
  removeFolders,
  sha256,
  stateOf,
  trustKey,
  verify,
} from './workbench.ts';

afterAll(removeFolders);

const trust = trustKey(publisher.publicKey);
const bundleOf = (dsseEnvelope: unknown, publicKey: Record<string, unknown> = {}): Record<string, unknown> => ({
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { publicKey, tlogEntries: [] },
  dsseEnvelope,
});

function folderWith(payload: string, files: Readonly<Record<string, string>>, rest = {}): string {
  const folder = makeFolder(files);
  put(join(folder, 'model.sig'), JSON.stringify(envelopeOf({ payload, ...rest })));
  return folder;
}
const one = modelPayload([{ name: 'a.bin', digest: sha256('a') }]);

describe('keys and encodings', () => {
  it.each(['P-256', 'P-384', 'P-521'])('ECDSA %s with the hash of its strength, DER or raw', async (namedCurve) => {
    const pair = generateKeyPairSync('ec', { namedCurve });
    const hash = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }[namedCurve] ?? '';
    for (const encoding of ['der', 'ieee-p1363'] as const) {
      const folder = folderWith(one, { 'a.bin': 'a' }, { key: pair.privateKey, hash, encoding });
      expect(await verify(folder, trustKey(pair.publicKey))).toMatchObject({ ok: true });
      expect(await verify(folder, trust)).toMatchObject({ ok: false, signer: { code: 'signature.invalid' } });
    }
    if (namedCurve === 'P-256') return;
    const weaker = folderWith(one, { 'a.bin': 'a' }, { key: pair.privateKey, hash: 'sha256' });
    expect(await verify(weaker, trustKey(pair.publicKey))).toMatchObject({ ok: false });
  });

  it('Ed25519', async () => {
    const pair = generateKeyPairSync('ed25519');
    const folder = folderWith(one, { 'a.bin': 'a' }, { key: pair.privateKey, hash: null });
    expect(await verify(folder, trustKey(pair.publicKey))).toMatchObject({ ok: true });
  });

  it('a hint of another key is a warning, a word of other tools in its place is none', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const hint = sha256(stranger.export({ type: 'spki', format: 'pem' }).toString());
    const lying = folderWith(one, { 'a.bin': 'a' }, { keyid: hint });
    expect(await verify(lying, trust)).toMatchObject({
      ok: true,
      signer: { state: 'warn', code: 'signer.hint_differs' },
    });
    const wordy = folderWith(one, { 'a.bin': 'a' }, { keyid: 'release key 2026' });
    expect(await verify(wordy, trust)).toMatchObject({ ok: true, signer: { state: 'pass' } });
  });

  it('several signatures: one accepted key is enough, the others are named and not counted', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const mine = envelopeOf({ payload: one });
    const theirs = envelopeOf({ payload: one, key: other.privateKey, hash: 'sha384' });
    const both = { ...mine, signatures: [...(theirs['signatures'] as []), ...(mine['signatures'] as [])] };
    const folder = makeFolder({ 'a.bin': 'a', 'model.sig': JSON.stringify(both) });
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: true, signer: { state: 'pass' } });
    expect(result.signer.signers.map(({ trusted }) => trusted)).toEqual([false, true]);
    expect(result.signer.text).toContain('1 further signature was not counted');
  });

  it('writes bytes as Python does', () => {
    const literal = (bytes: Buffer): string => pythonBytesLiteral(bytes).toString('latin1');
    expect(literal(Buffer.from('a"b'))).toBe(`b'a"b'`);
    expect(literal(Buffer.from("a'b"))).toBe(`b"a'b"`);
    expect(literal(Buffer.from(`'"`))).toBe(`b'\\'"'`);
    expect(literal(Buffer.from('\\\n\r\t\0\x7fé'))).toBe(`b'\\\\\\n\\r\\t\\x00\\x7f\\xc3\\xa9'`);
  });
});

const dsse = join(sharedData, 'dsse', 'derived', 'vectors.json');
describe.skipIf(!existsSync(dsse))('the vector of the DSSE specification', () => {
  it('verifies, although it is raw r||s, and any other payload does not', () => {
    const vector = JSON.parse(readFileSync(dsse, 'utf8'));
    const key = readArtifactKey(vector.publicKeyPem, 'vector');
    const { content } = readSignatureFile('vector.json', Buffer.from(JSON.stringify(vector.envelope)));
    if (content.form !== 'dsse') return expect.unreachable();
    const [signature] = content.envelope.signatures;
    expect(envelopeVerifier(content.envelope)(signature?.signature ?? Buffer.alloc(0), key)).toBe(true);
    const other = { ...content.envelope, payload: Buffer.from('hello World') };
    expect(envelopeVerifier(other)(signature?.signature ?? Buffer.alloc(0), key)).toBe(false);
  });

  it('says nothing about files, so that nothing passes by it', async () => {
    const vector = JSON.parse(readFileSync(dsse, 'utf8'));
    const folder = makeFolder({ 'a.bin': 'hello world', 'model.sig': JSON.stringify(vector.envelope) });
    const { candidates } = trust;
    const key = {
      ...trust,
      candidates: candidates.map((c) => ({ ...c, key: readArtifactKey(vector.publicKeyPem, 'v') })),
    };
    expect(await verify(folder, key)).toMatchObject({
      ok: false,
      signer: { state: 'pass' },
      content: { state: 'fail', code: 'signature.payload_type' },
    });
  });
});

describe('what a model signature may say', () => {
  const digest = sha256('a');
  it.each([
    ['a wrong root digest', one.replace(/("sha256":")../, '$1ff'), 'statement.root_digest'],
    ['an unknown method', modelPayload([{ name: 'a.bin', digest }], { method: 'tensors' }), 'statement.serialization'],
    ['a path out of the folder', modelPayload([{ name: '../a.bin', digest }]), 'statement.file_name'],
    ['an absolute path', modelPayload([{ name: '/etc/passwd', digest }]), 'statement.file_name'],
    [
      'a file twice',
      modelPayload([
        { name: 'a.bin', digest },
        { name: 'a.bin', digest },
      ]),
      'statement.malformed',
    ],
    ['no JSON', 'hello', 'statement.malformed'],
    ['another statement', JSON.stringify({ _type: 'x' }), 'statement.malformed'],
    [
      'shards without a size',
      modelPayload([{ name: 'a.bin:0:1', digest }], { method: 'shards' }),
      'statement.malformed',
    ],
  ])('%s is refused, although it is signed', async (_, payload, code) => {
    const result = await verify(folderWith(payload, { 'a.bin': 'a' }), trust);
    expect(result).toMatchObject({ ok: false, signer: { state: 'pass' }, content: { state: 'fail', code } });
  });

  it.each([
    ['blake2b', 'blake2', createHash('blake2b512').update('a').digest('hex')],
    // The hash of "a" as the reference implementation b3sum prints it.
    ['blake3', 'blake3', '17762fddd969a453925d65717ac3eea21320b66b54342fde15128d6caf21215f'],
  ])('%s is computed', async (algorithm, hash_type, hex) => {
    const payload = modelPayload([{ name: 'a.bin', algorithm, digest: hex }], { hash_type });
    expect(await verify(folderWith(payload, { 'a.bin': 'a' }), trust)).toMatchObject({ ok: true });
    expect(await verify(folderWith(payload, { 'a.bin': 'b' }), trust)).toMatchObject({
      ok: false,
      counts: { changed: 1 },
    });
  });

  it('an unknown hash cannot be determined', async () => {
    for (const algorithm of ['sha3-256', 'constructor']) {
      const result = await verify(
        folderWith(modelPayload([{ name: 'a.bin', algorithm, digest }], { hash_type: algorithm }), { 'a.bin': 'a' }),
        trust,
      );
      expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { undetermined: 1, same: 0 } });
      expect(result.content.text).toContain('Cannot determine');
    }
  });

  it('weak digests prove a change and never a pass', async () => {
    for (const algorithm of ['md5', 'sha1']) {
      const hex = createHash(algorithm).update('a').digest('hex');
      const payload = modelPayload([{ name: 'a.bin', algorithm, digest: hex }], { hash_type: algorithm });
      expect(await verify(folderWith(payload, { 'a.bin': 'a' }), trust)).toMatchObject({
        ok: false,
        content: { state: 'unknown' },
        counts: { undetermined: 1 },
      });
      expect(await verify(folderWith(payload, { 'a.bin': 'b' }), trust)).toMatchObject({
        ok: false,
        content: { state: 'fail' },
        counts: { changed: 1 },
      });
    }
  });

  it('shards: each piece in its place, and empty files cannot be covered', async () => {
    const piece = (text: string, start: number) => ({
      name: `big.bin:${start}:${start + text.length}`,
      algorithm: 'sha256-sharded-4',
      digest: sha256(text),
    });
    const payload = modelPayload([piece('aaaa', 0), piece('bbbb', 4), piece('c', 8)], {
      method: 'shards',
      shard_size: 4,
    });
    const check = (text: string) => verify(folderWith(payload, { 'big.bin': text, 'empty.txt': '' }), trust);
    expect(await check('aaaabbbbc')).toMatchObject({ ok: true, counts: { expected: 1, same: 1, ignored: 1 } });
    for (const text of ['bbbbaaaac', 'aaaabbbb', 'aaaabbbbcc', 'aaaabbbbcdddd', 'aaaXbbbbc', ''])
      expect(await check(text)).toMatchObject({ ok: false, counts: { changed: 1 } });
    expect((await check('aaaaXbbbc')).files[0]?.note).toBe('shard 2 of 3 differs');
  });

  it('orders files part by part, as the library does', () => {
    const digests = new Map([
      ['a-b', sha256('1')],
      ['a/c', sha256('2')],
    ]);
    expect(modelRoot(digests)).toBe(
      `sha256:${sha256(Buffer.concat([sha256('2'), sha256('1')].map((hex) => Buffer.from(hex, 'hex'))))}`,
    );
  });
});

describe('in-toto statements and blobs', () => {
  const statement = (subject: unknown, type = 'https://in-toto.io/Statement/v1'): string =>
    JSON.stringify({ _type: type, subject, predicateType: 'https://slsa.dev/provenance/v1', predicate: {} });
  const subjects = [
    { name: 'dist/a.bin', digest: { sha256: sha256('a'), gitCommit: 'ff' } },
    { name: 'dist/b.bin', digest: { sha256: sha256('b'), sha512: createHash('sha512').update('b').digest('hex') } },
  ];

  it.each(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'])(
    '%s over a folder',
    async (type) => {
      const signature = JSON.stringify(bundleOf(envelopeOf({ payload: statement(subjects, type) })));
      const folder = makeFolder({ 'dist/a.bin': 'a', 'dist/b.bin': 'b', 'README.md': 'unrelated' });
      const place = join(makeFolder({ 'st.json': signature }), 'st.json');
      const part = await verify(folder, trust, { signaturePath: place });
      expect(part).toMatchObject({
        ok: false,
        basis: 'in_toto',
        content: { state: 'unknown', code: 'content.partial' },
        counts: { expected: 2, same: 2, uncovered: 1 },
      });
      expect(part.files[0]).toMatchObject({ name: 'README.md', note: 'not named by the statement' });
      rmSync(join(folder, 'README.md'));
      expect(await verify(folder, trust, { signaturePath: place })).toMatchObject({ ok: true, counts: { same: 2 } });
      put(join(folder, 'dist/b.bin'), 'c');
      expect(await verify(folder, trust, { signaturePath: place })).toMatchObject({
        ok: false,
        counts: { changed: 1 },
      });
    },
  );

  it('one of its files alone, by the last part of its name', async () => {
    const folder = makeFolder({
      'a.bin': 'a',
      'a.bin.dsse.json': JSON.stringify(envelopeOf({ payload: statement(subjects) })),
    });
    const result = await verify(join(folder, 'a.bin'), trust);
    expect(result).toMatchObject({ ok: true, counts: { expected: 1, same: 1 } });
    expect(result.content.text).toContain('1 (of 2 that were signed)');
    put(join(folder, 'c.bin'), 'a');
    expect(
      await verify(join(folder, 'c.bin'), trust, { signaturePath: join(folder, 'a.bin.dsse.json') }),
    ).toMatchObject({
      ok: false,
      content: { state: 'fail', code: 'content.not_named' },
    });
  });

  const blob = (text: string, rest: Record<string, unknown> = {}): string =>
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: 'release' }, tlogEntries: [{ logIndex: '1' }] },
      messageSignature: {
        messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(text).digest('base64') },
        signature: sign('sha256', Buffer.from(text), publisher.privateKey).toString('base64'),
        ...rest,
      },
    });

  it('a message signature over one file', async () => {
    const folder = makeFolder({ 'm.gguf': 'weights', 'm.gguf.sigstore.json': blob('weights') });
    const path = join(folder, 'm.gguf');
    const result = await verify(path, trust);
    expect(result).toMatchObject({ ok: true, basis: 'blob', counts: { same: 1 }, time: { state: 'unknown' } });
    expect(result.time.text).toContain('1 log entries or timestamps, which cannot be checked');
    put(path, 'other');
    expect(await verify(path, trust)).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { changed: 1 } });
    const stranger = trustKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    put(path, 'weights');
    expect(await verify(path, stranger)).toMatchObject({
      ok: false,
      signer: { state: 'fail', code: 'signature.invalid' },
      content: { state: 'unknown' },
    });
  });

  it.each([
    ['no JSON', 'x{'],
    ['another object', '{}'],
    [
      'an unknown media type',
      JSON.stringify({ ...bundleOf(envelopeOf({ payload: one })), mediaType: 'application/json' }),
    ],
    ['base64 that is not canonical', JSON.stringify({ ...envelopeOf({ payload: one }), payload: 'aGVs!bG8' })],
    ['no signature', JSON.stringify({ ...envelopeOf({ payload: one }), signatures: [] })],
    [
      'two kinds of content',
      JSON.stringify({ ...bundleOf(envelopeOf({ payload: one })), messageSignature: { signature: 'AA==' } }),
    ],
  ])('%s is no signature', async (_, text) => {
    const folder = makeFolder({ 'a.bin': 'a', 's.json': text });
    expect(await verify(join(folder, 'a.bin'), trust, { signaturePath: join(folder, 's.json') })).toMatchObject({
      ok: false,
      signer: { state: 'fail', code: 'signature.malformed' },
      content: { state: 'unknown' },
    });
  });

  it('states belong to files by name', async () => {
    const folder = folderWith(one, { 'a.bin': 'a' });
    expect(stateOf(await verify(folder, trust), 'a.bin')).toBe('same');
  });
});
