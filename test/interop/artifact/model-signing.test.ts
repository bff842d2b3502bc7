/** OpenSSF model signatures: what the model-signing program signs, Assay verifies, and both refuse the same changes. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/assay.ts';
import { issueCertificate, type KeyFiles, makeAuthority, makeKey } from '../support/foreign-keys.ts';
import { verifyArtifact, withAuthority, withKey } from '../support/ours.ts';
import { describeWith, mustRun, runTool } from '../support/tools.ts';

const work = temporaryFolder();
afterAll(() => work.remove());
const at = (...parts: string[]): string => join(work.path, ...parts);

/** A model folder as frameworks leave it: weights, configuration, a tokenizer in a folder of its own. */
function makeModel(): string {
  const folder = mkdtempSync(at('model-'));
  mkdirSync(join(folder, 'tokenizer'));
  writeFileSync(join(folder, 'weights.safetensors'), Buffer.alloc(300_000, 7));
  writeFileSync(join(folder, 'config.json'), '{"layers": 2}\n');
  writeFileSync(join(folder, 'tokenizer', 'Wörter.txt'), 'eins\nzwei\n');
  return folder;
}
const copyOf = (model: string): string => {
  const folder = mkdtempSync(at('copy-'));
  cpSync(model, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
};
const signatureOf = (model: string): string => join(model, 'model.sig');

const signWithKey = (model: string, { privateKey }: KeyFiles, more: readonly string[] = []): void => {
  mustRun('model-signing', [
    'sign',
    'key',
    model,
    '--signature',
    signatureOf(model),
    '--private_key',
    privateKey,
    ...more,
  ]);
};
/** Whether model-signing itself accepts the folder. */
const accepts = (model: string, { publicKey }: KeyFiles): boolean =>
  runTool('model-signing', ['verify', 'key', model, '--signature', signatureOf(model), '--public_key', publicKey])
    .code === 0;

/** What somebody may do to a signed folder. */
const changes: Readonly<Record<string, (model: string) => void>> = {
  'a file with one byte more': (model) => appendFileSync(join(model, 'weights.safetensors'), 'x'),
  'a file that was added': (model) => writeFileSync(join(model, 'extra.py'), 'print()\n'),
  'a file that is gone': (model) => rmSync(join(model, 'config.json')),
  'a file under another name': (model) => {
    cpSync(join(model, 'config.json'), join(model, 'configuration.json'));
    rmSync(join(model, 'config.json'));
  },
  'a file exchanged for a link': (model) => {
    cpSync(join(model, 'config.json'), at('outside.json'));
    rmSync(join(model, 'config.json'));
    symlinkSync(at('outside.json'), join(model, 'config.json'));
  },
};

describeWith(
  ['model-signing'],
  'signs model folders that we verify',
  () => {
    let key: KeyFiles;
    let model: string;
    beforeAll(() => {
      key = makeKey(work.path, 'publisher', 'P-256');
      model = makeModel();
      signWithKey(model, key);
    });

    it.each(['P-256', 'P-384', 'P-521'] as const)('with a %s key', (curve) => {
      const own = makeKey(work.path, curve, curve);
      const folder = makeModel();
      signWithKey(folder, own);
      expect(accepts(folder, own)).toBe(true);
      expect(verifyArtifact(folder, withKey(own.publicKey))).toMatchObject({
        exitCode: 0,
        basis: 'model_signing',
        content: { state: 'pass' },
        signer: { state: 'pass' },
        counts: { expected: 3, same: 3 },
      });
    });

    it('with a certificate that leads to an authority', () => {
      const authority = makeAuthority(work.path, 'authority');
      const signer = makeKey(work.path, 'signer', 'P-384');
      const certificate = issueCertificate(work.path, 'signer', authority, signer);
      const folder = makeModel();
      mustRun('model-signing', [
        ...['sign', 'certificate', folder, '--signature', signatureOf(folder), '--private_key', signer.privateKey],
        ...['--signing_certificate', certificate, '--certificate_chain', authority.certificate],
      ]);
      expect(verifyArtifact(folder, withAuthority(authority.certificate))).toMatchObject({
        exitCode: 0,
        content: { state: 'pass' },
      });
      const stranger = makeAuthority(work.path, 'stranger');
      expect(verifyArtifact(folder, withAuthority(stranger.certificate))).toMatchObject({ exitCode: 4, ok: false });
    });

    it('with paths left out', () => {
      const folder = makeModel();
      signWithKey(folder, key, ['--ignore-paths', join(folder, 'tokenizer')]);
      expect(verifyArtifact(folder, withKey(key.publicKey))).toMatchObject({
        exitCode: 0,
        counts: { expected: 2, same: 2, ignored: 1 },
      });
    });

    it('and not with the key of somebody else', () => {
      const stranger = makeKey(work.path, 'stranger-key', 'P-256');
      expect(accepts(model, stranger)).toBe(false);
      expect(verifyArtifact(model, withKey(stranger.publicKey))).toMatchObject({
        exitCode: 4,
        signer: { state: 'fail' },
        content: { state: 'unknown' },
      });
    });

    it.each(Object.keys(changes))('and refuses, as we do, %s', (name) => {
      const folder = copyOf(model);
      expect(accepts(folder, key)).toBe(true);
      changes[name]?.(folder);
      expect(accepts(folder, key)).toBe(false);
      expect(verifyArtifact(folder, withKey(key.publicKey))).toMatchObject({
        exitCode: 4,
        signer: { state: 'pass' },
        content: { state: 'fail', code: 'content.differs' },
      });
    });
  },
  ['openssl'],
);
