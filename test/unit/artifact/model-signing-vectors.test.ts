/** Signatures that releases 0.2 to 1.1 of the OpenSSF model-signing library published, held against their files. */
import { appendFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sharedData } from '../../support/assay.ts';
import {
  copyVector,
  makeFolder,
  nobody,
  publisher,
  removeFolders,
  stateOf,
  trustKey,
  vectorAuthority,
  vectorKey,
  vectors,
  verify,
} from './workbench.ts';

afterAll(removeFolders);

const leaveOut = { ignore: ['ignore-me'] };
/** Release 1.0.1 left `ignore-me` out without signing that it did: only a person can, and then not all is vouched for. */
const verdictOn = (name: string) =>
  name.startsWith('v1.0.1')
    ? {
        ok: false,
        content: { state: 'unknown', code: 'content.partial' },
        counts: { uncovered: 1 },
      }
    : { ok: true, content: { state: 'pass', code: 'content.intact' }, counts: { uncovered: 0 } };
const certificate = ['v0.2.0', 'v0.3.1', 'v1.0.0', 'v1.0.1', 'v1.1.0'].map((version) => `${version}-certificate`);
const key = ['v0.3.1', 'v1.0.0', 'v1.0.1', 'v1.1.0'].map((version) => `${version}-elliptic-key`);
const keyless = ['v0.3.1', 'v1.0.0', 'v1.0.1', 'v1.1.0'].map((version) => `${version}-sigstore`);

describe('published signatures', () => {
  it.each(certificate)('%s passes under its authority, and under its key as upstream also checks it', async (name) => {
    for (const trust of [vectorAuthority, vectorKey]) {
      const result = await verify(join(vectors, name), trust, leaveOut);
      expect(result).toMatchObject({
        ...verdictOn(name),
        basis: 'model_signing',
        signer: { state: 'pass', signers: [{ trusted: true }] },
        time: { state: 'unknown' },
      });
      expect(result.content.text).toContain('2 of 2 signed files');
    }
  });

  it.each(key)('%s passes under its key and under no other', async (name) => {
    expect(await verify(join(vectors, name), vectorKey, leaveOut)).toMatchObject(verdictOn(name));
    expect(await verify(join(vectors, name), trustKey(publisher.publicKey), leaveOut)).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'content.not_checked' },
      signer: { state: 'fail', code: 'signature.invalid' },
      files: [],
      bytes: 0,
    });
  });

  it.each(keyless)('%s cannot be determined offline, whatever is trusted', async (name) => {
    for (const trust of [vectorAuthority, vectorKey, nobody]) {
      expect(await verify(join(vectors, name), trust, leaveOut)).toMatchObject({
        ok: false,
        signer: { state: 'unknown', code: 'signer.keyless' },
        content: { state: 'unknown' },
      });
    }
  });

  it('says that a file named in no signature was added, where release 1.0.1 did not record what it left out', async () => {
    const result = await verify(join(vectors, 'v1.0.1-certificate'), vectorKey);
    expect(result).toMatchObject({ ok: false, counts: { same: 2, added: 1 }, content: { state: 'fail' } });
    expect(stateOf(result, 'ignore-me')).toBe('added');
  });

  it('checks a single file with its signature beside it', async () => {
    const result = await verify(join(vectors, 'v1.0.0-elliptic-key', 'signme-1'), vectorKey);
    expect(result).toMatchObject({ ok: true, counts: { expected: 1, same: 1 }, signatureFile: 'model.sig' });
  });

  it.each([...certificate, ...key])('%s fails for each kind of change', async (name) => {
    const changed = copyVector(name);
    appendFileSync(join(changed, 'signme-1'), 'x');
    expect(await verify(changed, vectorKey, leaveOut)).toMatchObject({ ok: false, counts: { changed: 1 } });

    const added = copyVector(name);
    writeFileSync(join(added, 'evil.bin'), '');
    expect(await verify(added, vectorKey, leaveOut)).toMatchObject({ ok: false, counts: { added: 1 } });

    const removed = copyVector(name);
    rmSync(join(removed, 'signme-1'));
    expect(await verify(removed, vectorKey, leaveOut)).toMatchObject({ ok: false, counts: { removed: 1 } });

    const renamed = copyVector(name);
    renameSync(join(renamed, 'signme-1'), join(renamed, 'SIGNME-1'));
    const result = await verify(renamed, vectorKey, leaveOut);
    expect(result).toMatchObject({ ok: false, counts: { removed: 1, added: 1 } });
    expect(result.files[0]?.note).toBe('the same content lies at SIGNME-1');
  });

  it('a certificate signature cannot be judged without an authority, and its files are then not even read', async () => {
    const other = { ...vectorAuthority, authorities: [] };
    expect(await verify(join(vectors, 'v1.0.0-certificate'), other)).toMatchObject({
      ok: false,
      signer: { state: 'unknown', code: 'signer.no_authority' },
      content: { code: 'content.not_checked' },
      bytes: 0,
    });
  });

  it('a folder without a signature is not a pass', async () => {
    expect(await verify(makeFolder({ 'weights.bin': 'w' }), vectorKey)).toMatchObject({
      ok: false,
      basis: 'none',
      signer: { state: 'fail', code: 'signature.missing' },
      content: { state: 'unknown' },
    });
  });
});

const shared = join(sharedData, 'model-transparency');
describe.skipIf(!existsSync(shared))('the same vectors beside the checkout', () => {
  it('are what is committed here', async () => {
    expect(await verify(join(shared, 'v1.0.0-certificate'), vectorAuthority)).toMatchObject({ ok: true });
    expect(await verify(join(shared, 'v1.0.0-elliptic-key'), vectorKey)).toMatchObject({ ok: true });
  });
});
