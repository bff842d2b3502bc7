/** What somebody may do to a signed folder, or put into one, to be believed, to be followed, or to make the checker hang. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jobContext } from '../../../src-main/core/ports.ts';
import { codeOf } from '../../support/session.ts';
import {
  envelopeOf,
  makeFolder,
  modelPayload,
  publisher,
  put,
  removeFolders,
  sha256,
  signedFolder,
  stateOf,
  trustKey,
  verify,
} from './workbench.ts';

afterAll(removeFolders);

const trust = trustKey(publisher.publicKey);
const files = { 'config.json': '{}', 'weights/a.bin': 'aaaa', 'weights/b.bin': 'bbbb', 'ünïcode näme.txt': 'text' };

describe('a signed folder', () => {
  it('passes untouched, with its denominator', async () => {
    const result = await verify(signedFolder(files), trust);
    expect(result).toMatchObject({ ok: true, counts: { expected: 4, same: 4, added: 0 }, leftOut: 0 });
    expect(result.content.text).toBe('4 of 4 signed files are there and unchanged.');
  });

  it.each(Object.keys(files))('fails with one byte changed in %s, and names it', async (name) => {
    const folder = signedFolder(files);
    const path = join(folder, name);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    writeFileSync(path, bytes);
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { same: 3, changed: 1 } });
    expect(result.files[0]).toMatchObject({ name, state: 'changed', found: `sha256:${sha256(bytes)}` });
  });

  it.each(Object.keys(files))('fails with %s gone', async (name) => {
    const folder = signedFolder(files);
    rmSync(join(folder, name));
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { removed: 1 } });
    expect(stateOf(result, name)).toBe('removed');
  });

  it('fails with an extra file, also a hidden one and one deep down', async () => {
    for (const extra of ['evil.bin', '.hidden', 'a/b/c/d/e.txt', 'weights/model.sig']) {
      const folder = signedFolder(files);
      put(join(folder, extra), 'x');
      const result = await verify(folder, trust);
      expect(result).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { added: 1 } });
      expect(stateOf(result, extra)).toBe('added');
    }
  });

  it('fails with a name in another case, and says where the content lies', async () => {
    const folder = signedFolder(files);
    renameSync(join(folder, 'config.json'), join(folder, 'Config.json'));
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, counts: { removed: 1, added: 1 } });
    expect(result.files.find(({ state }) => state === 'removed')?.note).toBe('the same content lies at Config.json');
  });

  it('fails when two files were exchanged', async () => {
    const folder = signedFolder(files);
    renameSync(join(folder, 'weights/a.bin'), join(folder, 'swap'));
    renameSync(join(folder, 'weights/b.bin'), join(folder, 'weights/a.bin'));
    renameSync(join(folder, 'swap'), join(folder, 'weights/b.bin'));
    expect(await verify(folder, trust)).toMatchObject({ ok: false, counts: { changed: 2 } });
  });

  it('leaves out what the signature leaves out, counts it, and nothing whose name only begins alike', async () => {
    const folder = signedFolder(files, ['model.sig', '.git', './logs/', '.', '']);
    for (const name of ['.git/HEAD', 'logs/run.txt']) put(join(folder, name), 'x');
    const passing = await verify(folder, trust);
    expect(passing).toMatchObject({ ok: true, counts: { ignored: 2 } });
    expect(passing.content.text).toContain('2 left out by the signature');
    put(join(folder, '.gitignore'), 'x');
    put(join(folder, 'logs2/x'), 'x');
    expect(await verify(folder, trust)).toMatchObject({ ok: false, counts: { added: 2 } });
  });

  it('passes for a changed byte of the signature file only where what was signed is the same', async () => {
    const folder = signedFolder({ 'a.bin': 'a' });
    const path = join(folder, 'model.sig');
    const original = readFileSync(path);
    const payloadOf = (bytes: Buffer): string => JSON.parse(bytes.toString('utf8')).dsseEnvelope.payload;
    let refused = 0;
    for (let at = 0; at < original.length - 1; at += 1) {
      const bytes = Buffer.from(original);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      writeFileSync(path, bytes);
      const { ok } = await verify(folder, trust);
      if (ok) expect(payloadOf(bytes), `byte ${at}`).toBe(payloadOf(original));
      else refused += 1;
    }
    // Everything but the hint and the names of fields that carry nothing offline.
    expect(refused).toBeGreaterThan(original.length * 0.85);
  });
});

describe('links, pipes and other traps', () => {
  it.each([
    ['a file outside', '/etc/passwd', 'leads out of the folder'],
    ['a folder outside', '/etc', 'leads out of the folder'],
    ['nothing', 'missing', 'leads nowhere'],
    ['itself', 'trap', 'leads nowhere'],
    ['a file inside', 'config.json', 'leads to config.json'],
    ['a folder inside', 'weights', 'leads to another folder'],
    ['its own folder', '.', 'leads'],
  ])('a link to %s is named and never followed', async (_, target, why) => {
    const folder = signedFolder(files);
    symlinkSync(target, join(folder, 'trap'));
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { link: 1, same: 4 } });
    expect(result.files[0]).toMatchObject({ name: 'trap', state: 'link', found: null });
    expect(result.files[0]?.note).toContain(why);
  });

  it('a signed file that was exchanged for a link to the same bytes elsewhere is refused', async () => {
    const folder = signedFolder(files);
    const elsewhere = makeFolder({ copy: files['config.json'] });
    rmSync(join(folder, 'config.json'));
    symlinkSync(join(elsewhere, 'copy'), join(folder, 'config.json'));
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, counts: { link: 1 } });
    expect(result.files[0]?.note).toBe('leads out of the folder');
  });

  it('follows links to files inside only where the signature says so and names them', async () => {
    const payload = modelPayload(
      [
        { name: 'link.bin', digest: sha256('data') },
        { name: 'real/data.bin', digest: sha256('data') },
      ],
      { allow_symlinks: true },
    );
    const folder = makeFolder({ 'real/data.bin': 'data' });
    put(join(folder, 'model.sig'), JSON.stringify(envelopeOf({ payload })));
    symlinkSync('real/data.bin', join(folder, 'link.bin'));
    expect(await verify(folder, trust)).toMatchObject({ ok: true, counts: { same: 2 } });
    symlinkSync('real/data.bin', join(folder, 'another.bin'));
    expect(await verify(folder, trust)).toMatchObject({ ok: false, counts: { same: 2, link: 1 } });
    rmSync(join(folder, 'another.bin'));
    rmSync(join(folder, 'link.bin'));
    const outside = makeFolder({ data: 'data' });
    symlinkSync(join(outside, 'data'), join(folder, 'link.bin'));
    expect(await verify(folder, trust)).toMatchObject({ ok: false, counts: { same: 1, link: 1 } });
  });

  it('never opens a pipe: an unreadable entry keeps the answer from being a pass', async () => {
    const folder = signedFolder(files);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { unreadable: 1, same: 4 } });
    expect(result.files[0]?.note).toContain('never opened');
    const pipe = join(makeFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await codeOf(() => verify(pipe, trust))).toBe('input artifact.not_a_file');
    expect(await codeOf(() => verify(folder, trust, { signaturePath: pipe }))).toBe('input signature.unreadable');
  });

  it('a name that is not UTF-8 is unreadable and not passed over', async () => {
    const folder = signedFolder(files);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff, 0xfe])]), 'x');
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { unreadable: 1 } });
  });

  it.skipIf(process.getuid?.() === 0)('a file without permission is unreadable, not removed', async () => {
    const folder = signedFolder(files);
    chmodSync(join(folder, 'config.json'), 0);
    chmodSync(join(folder, 'weights'), 0);
    const result = await verify(folder, trust);
    chmodSync(join(folder, 'weights'), 0o755);
    expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { unreadable: 4, removed: 0 } });
  });

  it('a file that changes while it is read is reported, never judged', async () => {
    const size = 8 * 1024 * 1024;
    for (const change of [
      (path: string) => appendFileSync(path, 'x'),
      (path: string) => truncateSync(path, 10),
      (path: string) => writeFileSync(path, Buffer.alloc(size, 1)),
      (path: string) => utimesSync(path, 1, 1),
    ]) {
      const folder = signedFolder({ 'big.bin': Buffer.alloc(size) });
      let changed = false;
      const job = jobContext(
        () => false,
        () => {
          if (!changed) change(join(folder, 'big.bin'));
          changed = true;
        },
      );
      const result = await verify(folder, trust, { job });
      expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { unreadable: 1 } });
      expect(result.files[0]?.note).toBe('it changed while it was read');
    }
  });

  it('a folder that is exchanged for a link while the artifact is read is noticed', async () => {
    const folder = signedFolder({ 'a/first.bin': Buffer.alloc(2 * 1024 * 1024), 'b/secret.bin': 'b' });
    const elsewhere = makeFolder({ 'secret.bin': 'b' });
    let swapped = false;
    const job = jobContext(
      () => false,
      () => {
        if (swapped) return;
        swapped = true;
        renameSync(join(folder, 'b'), join(makeFolder(), 'away'));
        symlinkSync(elsewhere, join(folder, 'b'));
      },
    );
    const result = await verify(folder, trust, { job });
    expect(result).toMatchObject({ ok: false, counts: { same: 1, unreadable: 1 } });
    expect(result.files[0]?.note).toBe('it was exchanged while the folder was read');
  });

  it('can be cancelled between two chunks', async () => {
    const folder = signedFolder({ 'big.bin': Buffer.alloc(16 * 1024 * 1024) });
    let asked = 0;
    const job = jobContext(
      () => ++asked > 6,
      () => {},
    );
    expect(await codeOf(() => verify(folder, trust, { job }))).toBe('cancelled job.cancelled');
  });

  it('hashes 400 MiB in constant memory', async () => {
    const folder = makeFolder({ 'huge.bin': '' });
    truncateSync(join(folder, 'huge.bin'), 400 * 1024 * 1024);
    const zeros = '2a1d5a9dd8ba7cd8ce7c4ea5c4b8cc3ff6d6a3b3d4a9b4ac2d5e1a9f0c1d2e3f';
    put(
      join(folder, 'model.sig'),
      JSON.stringify(envelopeOf({ payload: modelPayload([{ name: 'huge.bin', digest: zeros }]) })),
    );
    const before = process.memoryUsage.rss();
    const result = await verify(folder, trust);
    expect(result).toMatchObject({ ok: false, counts: { changed: 1 }, bytes: 400 * 1024 * 1024 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('refuses what is not there, and other kinds of trust input, by name', async () => {
    expect(await codeOf(() => verify('/nowhere/at/all', trust))).toBe('input artifact.unreadable');
    expect(await codeOf(() => verify(signedFolder(files), trust, { signaturePath: '/nowhere.sig' }))).toBe(
      'input signature.unreadable',
    );
    expect(await codeOf(() => trustKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey))).toBe(
      'input key.unsupported',
    );
  });

  it('an empty folder removes everything', async () => {
    const folder = signedFolder(files);
    for (const name of ['config.json', 'weights', 'ünïcode näme.txt']) rmSync(join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'empty'));
    expect(await verify(folder, trust)).toMatchObject({ ok: false, counts: { removed: 4, same: 0 } });
  });
});
