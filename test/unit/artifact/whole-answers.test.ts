/** What was looked at only in part, contradicts itself, or is about something else is never verified, and settles nothing. */
import { execFileSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { compareFiles } from '../../../src-main/core/artifact/check-files.ts';
import { recordedEvidence } from '../../../src-main/core/artifact/recorded.ts';
import { signModel } from '../../../src-main/core/artifact/sign-model.ts';
import { jobContext, silentJob } from '../../../src-main/core/ports.ts';
import { generatePublisherKey } from '../../../src-main/core/trust/keys.ts';
import { artifactCheck } from '../../../src-main/core/usecases/artifact-check.ts';
import { findingsShow } from '../../../src-main/core/usecases/findings-show.ts';
import { inventoryShow } from '../../../src-main/core/usecases/inventory-show.ts';
import { readBoundedFile } from '../../../src-main/core/usecases/read-bounded-file.ts';
import { contract } from '../../../src-shared/contract/contract.ts';
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import { codeOf, sessionOf } from '../../support/session.ts';
import {
  bundle,
  cleanUp,
  importBundle,
  now,
  record,
  publisher as registry,
  testWorkspace,
  trustPublisher,
} from '../store/support.ts';
import {
  envelopeOf,
  makeFolder,
  modelPayload,
  nobody,
  publisher,
  put,
  removeFolders,
  sha256,
  signedFolder,
  stateOf,
  trustKey,
  verify,
} from './workbench.ts';

afterEach(cleanUp);
afterAll(removeFolders);

const trust = trustKey(publisher.publicKey);
const digest = (text: string, algorithm = 'sha256') =>
  `${algorithm}:${createHash(algorithm).update(text).digest('hex')}`;
const listed = (...names: readonly string[]): JsonValue => names.map((name) => ({ name, digest: digest(name) }));
const recordOf = (body: RecordBody) => ({
  record: {
    evidence: recordedEvidence('model_version', body),
    snapshot: 3,
    takenAt: '2026-11-20T08:00:00Z',
    signer: 'Registry',
  },
});
const signedBy = (folder: string, payload: string): string => {
  put(join(folder, 'model.sig'), JSON.stringify(envelopeOf({ payload })));
  return folder;
};

describe('left out', () => {
  it('by a person: never verified, however the path is written, and named in the table', async () => {
    for (const path of ['evil', './evil', 'evil/', './evil//']) {
      const signed = signedFolder({ 'a.bin': 'a' });
      put(join(signed, 'evil/x.py'), 'E');
      const result = await verify(signed, trust, { ignore: [path] });
      expect(result).toMatchObject({ ok: false, content: { state: 'unknown', code: 'content.partial' } });
      expect(result.files[0]).toMatchObject({ name: 'evil/x.py', state: 'uncovered', note: 'left out on request' });
    }
    expect(await verify(signedFolder({ 'a.bin': 'a' }), trust, { ignore: ['nothing/there'] })).toMatchObject({
      ok: true,
    });
  });

  it('by a person, with a record: one digest or a list, not verified, with the number', async () => {
    const folder = makeFolder({ 'a.bin': 'a.bin', 'evil.py': 'E' });
    for (const body of [{ artefact_digest: digest('a.bin') }, { artefact_files: listed('a.bin') }]) {
      const result = await verify(folder, nobody, { ignore: ['evil.py'], ...recordOf(body) });
      expect(result).toMatchObject({ ok: false, content: { state: 'unknown', code: 'recorded.partial' } });
      expect(result.content.text).toContain('1 left out on request');
      const none = await verify(folder, nobody, { ignore: ['evil.py', 'a.bin'], ...recordOf(body) });
      expect(none).toMatchObject({ ok: false, content: { state: 'unknown' } });
    }
  });

  it('by the signature: not hidden from the record, and shown', async () => {
    const payload = modelPayload([{ name: 'a.bin', digest: sha256('a.bin') }], { ignore_paths: ['evil'] });
    const folder = signedBy(makeFolder({ 'a.bin': 'a.bin', 'evil/x.bin': 'E' }), payload);
    expect(await verify(folder, trust)).toMatchObject({ ok: true, counts: { ignored: 1 } });
    const result = await verify(folder, trust, recordOf({ artefact_files: listed('a.bin') }));
    expect(result).toMatchObject({ ok: false, content: { state: 'pass' }, recorded: { state: 'fail' } });
    expect(stateOf(result, 'evil/x.bin')).toBe('added');
  });

  it('one file of a signed model: verified alone, never as the whole of a record', async () => {
    const path = join(signedFolder({ 'a.bin': 'a.bin', 'b.bin': 'b.bin' }), 'a.bin');
    expect(await verify(path, trust)).toMatchObject({ ok: true, content: { code: 'content.one_of_several' } });
    expect(await verify(path, trust, recordOf({ artefact_digest: digest('a.bin') }))).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'content.partial' },
      recorded: { state: 'pass' },
    });
  });
});

describe('a record that contradicts itself', () => {
  const against = (body: RecordBody, files: Readonly<Record<string, string>> = { 'a.bin': 'a.bin' }) =>
    verify(makeFolder(files), nobody, recordOf(body));

  it('a name twice cannot be determined, in either order', async () => {
    const entries = [
      { name: 'a.bin', digest: digest('a.bin') },
      { name: 'a.bin', digest: digest('other') },
    ];
    for (const list of [entries, [...entries].reverse()])
      expect(await against({ artefact_files: list })).toMatchObject({
        ok: false,
        content: { state: 'unknown', code: 'recorded.undetermined' },
      });
  });

  it('entries without a name are not passed over', async () => {
    const list = [{ name: 'a.bin', digest: digest('a.bin') }, { digest: digest('b') }];
    expect(await against({ artefact_files: list })).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.partial' },
    });
  });

  it('one file is held against both of its digests, of several the digest of the whole is said not to be compared', async () => {
    const one = { artefact_files: listed('a.bin') };
    expect(await against({ ...one, artefact_digest: digest('a.bin', 'sha512') })).toMatchObject({ ok: true });
    expect(await against({ ...one, artefact_digest: digest('other') })).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.contradicts' },
    });
    const two = { artefact_files: listed('a.bin', 'b.bin') };
    const files = { 'a.bin': 'a.bin', 'b.bin': 'b.bin' };
    const lines = digest(`${sha256('a.bin')}  a.bin\n${sha256('b.bin')}  b.bin\n`);
    const ruled = await against({ ...two, artefact_digest: lines }, files);
    expect(ruled).toMatchObject({ ok: true });
    expect(ruled.content.text).toContain(`together they give ${lines}`);
    const unruled = await against({ ...two, artefact_digest: digest('archive') }, files);
    expect(unruled).toMatchObject({ ok: true });
    expect(unruled.content.text).toContain('was not compared');
  });

  it('a single listed file under another name is not it', async () => {
    const path = join(makeFolder({ 'renamed.bin': 'a.bin' }), 'renamed.bin');
    for (const whole of [{}, { artefact_digest: digest('a.bin') }])
      expect(await verify(path, nobody, recordOf({ artefact_files: listed('a.bin'), ...whole }))).toMatchObject({
        ok: false,
        content: { state: 'unknown' },
      });
  });

  it('a signature file that the record lists is compared, not missed', async () => {
    const folder = signedFolder({ 'a.bin': 'a.bin' });
    const signature = execFileSync('sha256sum', [join(folder, 'model.sig')], { encoding: 'utf8' }).slice(0, 64);
    const list = [
      { name: 'a.bin', digest: digest('a.bin') },
      { name: 'model.sig', digest: `sha256:${signature}` },
    ];
    expect(await verify(folder, trust, recordOf({ artefact_files: list }))).toMatchObject({
      ok: true,
      recorded: { state: 'pass' },
      counts: { expected: 2, same: 2 },
    });
  });
});

describe('shards', () => {
  const shards = (algorithm: string, hash_type = algorithm, content = 'abc') =>
    modelPayload(
      [
        {
          name: 'a.bin:0:3',
          algorithm,
          digest: createHash(algorithm.split('-')[0] ?? '')
            .update(content)
            .digest('hex'),
        },
      ],
      { method: 'shards', hash_type, shard_size: 1000 },
    );
  const check = (payload: string) => verify(signedBy(makeFolder({ 'a.bin': 'abc' }), payload), trust);

  it('of a weak algorithm prove a change and never a pass', async () => {
    expect(await check(shards('md5'))).toMatchObject({ ok: false, counts: { undetermined: 1, same: 0 } });
    expect(await check(shards('md5', 'md5', 'abX'))).toMatchObject({ ok: false, counts: { changed: 1 } });
  });

  it('of an unknown algorithm cannot be determined', async () => {
    const unknown = shards('sha256').replaceAll('"algorithm":"sha256"', '"algorithm":"sha3-256"');
    expect(await check(unknown.replace('"hash_type":"sha256"', '"hash_type":"sha3-256"'))).toMatchObject({
      ok: false,
      content: { state: 'unknown' },
      counts: { undetermined: 1 },
    });
  });

  it.each([
    ['another algorithm', shards('sha256', 'sha512')],
    ['another size', shards('sha256-sharded-999', 'sha256')],
  ])('with %s than the statement are refused', async (_, payload) => {
    expect(await check(payload)).toMatchObject({ ok: false, content: { state: 'fail', code: 'statement.malformed' } });
  });

  it('are not hashed beyond what was signed', async () => {
    const payload = modelPayload([{ name: 'a.bin:0:1', digest: sha256('a') }], { method: 'shards', shard_size: 1 });
    const folder = signedBy(makeFolder({ 'a.bin': Buffer.alloc(4 * 1024 * 1024, 'a') }), payload);
    const started = performance.now();
    const result = await verify(folder, trust);
    expect(result.files[0]?.note).toBe('more shards than the 1 that were signed');
    // Four million pieces take seconds.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a signature over one file', () => {
  const blob = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '' } },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update('g').digest('base64') },
      signature: sign('sha256', Buffer.from('g'), publisher.privateKey).toString('base64'),
    },
  });
  it.each([
    ['a link', (folder: string) => symlinkSync('good.bin', join(folder, 'weights.bin'))],
    ['a pipe', (folder: string) => execFileSync('mkfifo', [join(folder, 'pipe')])],
    ['a file that is left out', (folder: string) => put(join(folder, 'evil.bin'), 'E')],
  ])('says nothing about a folder that also holds %s', async (_, add) => {
    const folder = makeFolder({ 'good.bin': 'g', 'model.sig': blob });
    expect(await verify(folder, trust)).toMatchObject({ ok: true, basis: 'blob' });
    add(folder);
    expect(
      await verify(folder, trust, { ignore: ['evil.bin'], ...recordOf({ artefact_digest: digest('g') }) }),
    ).toMatchObject({ ok: false, content: { state: 'unknown', code: 'content.one_file' } });
  });
});

describe('names, links and pipes', () => {
  it('a folder whose name is not UTF-8 is not mistaken for the one that it decodes to', async () => {
    const folder = signedFolder({ 'a.bin': 'a' });
    const hidden = Buffer.concat([Buffer.from(`${folder}/d`), Buffer.from([0xff])]);
    mkdirSync(hidden);
    writeFileSync(Buffer.concat([hidden, Buffer.from('/evil.bin')]), 'E');
    mkdirSync(join(folder, 'd\uFFFD'));
    expect(await verify(folder, trust)).toMatchObject({
      ok: false,
      content: { state: 'unknown' },
      counts: { same: 1, unreadable: 1 },
    });
  });

  it('a signature that nobody named is not looked for behind a link', async () => {
    const folder = makeFolder({ 'a.bin': 'a' });
    symlinkSync(join(signedFolder({ 'a.bin': 'a' }), 'model.sig'), join(folder, 'model.sig'));
    expect(await codeOf(() => verify(folder, trust))).toBe('input signature.unreadable');
  });

  it('a signature in another form is said to lie there', async () => {
    const folder = makeFolder({ 'a.bin': 'a', 'model.sig': 'untrusted comment: minisign' });
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, signer: { state: 'unknown', code: 'signature.not_read' } });
    expect(result.signer.text).toContain('model.sig');
    const path = join(makeFolder({ 'a.bin': 'a', 'a.bin.sig': 'MEUC' }), 'a.bin');
    const beside = await verify(path, trust, recordOf({ artefact_digest: digest('a') }));
    expect(beside.signer).toMatchObject({ state: 'warn', text: expect.stringContaining('a.bin.sig') });
  });

  it('a key or trust file that is a pipe is refused and not waited for', async () => {
    const pipe = join(makeFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await codeOf(() => readBoundedFile(pipe, 'key', 100))).toBe('input key.unreadable');
  });
});

describe('many files', () => {
  const wrongFolder = (count: number) => {
    const names = Array.from({ length: count }, (_, n) => n);
    const hashed = (n: number) => ({ algorithm: 'sha256', hex: `a${n}` });
    const outcomes = names.map(
      (n) => [`x${n}`, { bytes: 1, digests: new Map([['sha256', hashed(n)]]), shards: [] }] as const,
    );
    const files = names.map(
      (n) => [`y${n}`, { name: `y${n}`, digests: [{ algorithm: 'sha256', hex: `b${n}` }] }] as const,
    );
    return [
      {
        listing: { root: '/', entries: names.map((n) => ({ kind: 'file', name: `x${n}`, bytes: 1 }) as const) },
        outcomes: new Map(outcomes),
        bytes: count,
      },
      { files: new Map(files), complete: true, ignored: [], leftOut: [], followLinks: false },
    ] as const;
  };

  it('of which none is the right one are compared in linear time, and can be cancelled', async () => {
    const [read, manifest] = wrongFolder(20_000);
    const started = performance.now();
    expect(compareFiles(read, manifest, silentJob).counts).toMatchObject({ added: 20_000, removed: 20_000 });
    // Comparing each with each takes half a minute.
    expect(performance.now() - started).toBeLessThan(3000);
    const job = jobContext(
      () => true,
      () => {},
    );
    expect(await codeOf(() => compareFiles(read, manifest, job))).toBe('cancelled job.cancelled');
  });
});

describe('findings and the dossier', () => {
  const ref = { kind: 'model_version', id: 'credit-pd:3' } as const;

  async function workspaceWith(version: RecordBody) {
    const { workspace } = await testWorkspace();
    trustPublisher(workspace);
    await importBundle(
      workspace,
      await bundle({ records: [record('model', 'credit-pd', {}), record(ref.kind, ref.id, version)] }),
    );
    const { context, grant } = sessionOf(workspace, now);
    return {
      grant,
      check: (path: string, ignore: string[] = []) =>
        artifactCheck(context, { ref, path: grant(path), ignore }, silentJob),
      state: async (finding: number | null) => (await findingsShow(context, { id: finding ?? 0 }, silentJob)).state,
      artifact: async () => (await inventoryShow(context, { ref }, silentJob)).artifact,
    };
  }
  const signed = (files: Readonly<Record<string, string>>, key = registry): string => {
    const folder = makeFolder(files);
    const digests = new Map(Object.entries(files).map(([name, text]) => [name, sha256(text)]));
    put(join(folder, 'model.sig'), signModel({ name: 'm', files: digests, ignored: ['model.sig'] }, key.privateKey));
    return folder;
  };

  it('one clean file of three neither settles nor hides the failure; all three do', async () => {
    const w = await workspaceWith({ artefact_files: listed('a', 'b', 'c') });
    const folder = makeFolder({ a: 'a', b: 'EVIL', c: 'c' });
    const { finding } = await w.check(folder);
    expect(await w.check(join(folder, 'a'))).toMatchObject({ ok: false });
    expect(await w.state(finding)).toBe('open');
    expect((await w.artifact())?.files).toMatchObject({ state: 'fail', code: 'recorded.differs' });
    put(join(folder, 'b'), 'b');
    expect(await w.check(folder)).toMatchObject({ ok: true, finding: null });
    expect(await w.state(finding)).toBe('closed');
    expect((await w.artifact())?.files).toMatchObject({ state: 'pass' });
  });

  it('another model of the same publisher settles nothing and is not verified', async () => {
    const w = await workspaceWith({ artefact_digest: digest('w') });
    const { finding } = await w.check(makeFolder({ 'weights.bin': 'EVIL' }));
    expect(await w.check(signed({ 'x.bin': 'x', 'y.bin': 'y' }))).toMatchObject({
      ok: false,
      verification: { content: { state: 'pass' }, signer: { state: 'pass' }, recorded: { state: 'unknown' } },
    });
    expect(await w.state(finding)).toBe('open');
    expect((await w.artifact())?.signature).toMatchObject({ state: 'unknown', code: 'artifact.undetermined' });
  });

  it('leaving the evil file out settles nothing', async () => {
    const w = await workspaceWith({ artefact_files: listed('a') });
    const folder = makeFolder({ a: 'a', 'evil.py': 'E' });
    const { finding } = await w.check(folder);
    expect(await w.check(folder, ['evil.py'])).toMatchObject({ ok: false });
    expect(await w.state(finding)).toBe('open');
  });

  it('taking away the signature that the files did not agree with settles nothing', async () => {
    const w = await workspaceWith({ artefact_digest: digest('w') });
    const folder = signed({ 'weights.bin': 'other' });
    put(join(folder, 'weights.bin'), 'w');
    const { finding } = await w.check(folder);
    rmSync(join(folder, 'model.sig'));
    expect(await w.check(folder)).toMatchObject({ ok: true });
    expect(await w.state(finding)).toBe('open');
    expect(await w.check(signed({ 'weights.bin': 'w' }))).toMatchObject({ ok: true });
    expect(await w.state(finding)).toBe('closed');
  });

  it('a key that is named for one check cannot rewrite the record', async () => {
    const w = await workspaceWith({ artefact_digest: digest('w') });
    const stranger = generatePublisherKey();
    const { finding } = await w.check(signed({ 'weights.bin': 'w' }, stranger));
    expect(await w.state(finding)).toBe('open');
    const path = w.grant(signed({ 'weights.bin': 'w' }, stranger));
    const key = { publicKey: path };
    expect(contract['artifact.check'].input.safeParse({ ref, path }).success).toBe(true);
    expect(contract['artifact.check'].input.safeParse({ ref, path, ...key }).success).toBe(false);
    expect(contract['artifact.check'].input.safeParse({ ref, path, certificates: path }).success).toBe(false);
  });
});
