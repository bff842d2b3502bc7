/** DSSE envelopes that securesystemslib signs, alone and over statements of the in-toto specification, verify with Assay. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256Hex } from '../../../src-main/core/canonical-json.ts';
import { sharedData, temporaryFolder } from '../../support/assay.ts';
import { type KeyFiles, makeKey } from '../support/foreign-keys.ts';
import { verifyArtifact, withKey } from '../support/ours.ts';
import { describeWith, mustRun } from '../support/tools.ts';

const work = temporaryFolder();
afterAll(() => work.remove());
const at = (...parts: string[]): string => join(work.path, ...parts);
const script = join(import.meta.dirname, '../support/securesystemslib_dsse.py');

/** Signs `statement` and returns the envelope's file. */
function signed(name: string, statement: string, { privateKey }: KeyFiles): string {
  const payload = at(`${name}.payload`);
  writeFileSync(payload, statement);
  const envelope = at(`${name}.dsse.json`);
  writeFileSync(envelope, mustRun('securesystemslib', [script, 'sign', payload, privateKey]));
  return envelope;
}

const specification = join(sharedData, 'in-toto-attestation', 'spec');
if (!existsSync(specification)) console.warn('skipped: the in-toto specification is not beside this checkout');

/** Its subject has no name and a commit instead of a digest, so it says nothing about files. */
const aboutACommit = 'https://in-toto.io/attestation/test-result/v0.1';

interface Example {
  readonly predicateType: string;
  readonly text: string;
}

/** Whole statements among the JSON blocks; most of the other blocks are abbreviated with dots. */
function statementsOfSpecification(): readonly Example[] {
  const folder = join(specification, 'predicates');
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return files.flatMap((name) => {
    const blocks = [...readFileSync(join(folder, name), 'utf8').matchAll(/```jsonc?\n(.*?)```/gs)];
    return blocks.flatMap(([, block = '']) => statementIn(block));
  });
}

/** The specification comments its examples and ends lists with commas. */
function statementIn(block: string): readonly Example[] {
  const text = block.replaceAll(/(^|\s)\/\/.*$/gm, '').replaceAll(/,(\s*[}\]])/g, '$1');
  try {
    const { _type, predicateType } = JSON.parse(text);
    return typeof _type === 'string' && _type.includes('/Statement/') ? [{ predicateType, text }] : [];
  } catch {
    return [];
  }
}

describeWith(
  ['securesystemslib'],
  'signs envelopes that we verify',
  () => {
    const statement = (digest: string): string =>
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'dist/weights.bin', digest: { sha256: digest } }],
        predicateType: 'https://example.com/training/v1',
        predicate: { epochs: 3 },
      });
    const file = at('weights.bin');
    let key: KeyFiles;
    beforeAll(() => {
      writeFileSync(file, Buffer.alloc(50_000, 9));
      key = makeKey(work.path, 'publisher', 'P-256');
    });

    it.each(['P-256', 'P-384', 'P-521', 'Ed25519'] as const)('with a %s key', (kind) => {
      const own = makeKey(work.path, kind, kind);
      const envelope = signed(kind, statement(sha256Hex(readFileSync(file))), own);
      expect(verifyArtifact(file, [...withKey(own.publicKey), '--signature', envelope])).toMatchObject({
        exitCode: 0,
        basis: 'in_toto',
        content: { state: 'pass' },
        // A warning: the id that the library gives its keys is of its own making, so the envelope seems to name another key.
        signer: { state: 'warn', signers: [{ trusted: true }] },
      });
    });

    it('and refuses a changed file, a changed statement and another key', () => {
      const envelope = signed('one', statement(sha256Hex(readFileSync(file))), key);
      const answer = (path: string, signature: string, publicKey = key.publicKey) =>
        verifyArtifact(path, [...withKey(publicKey), '--signature', signature]);
      mkdirSync(at('changed'));
      const changed = at('changed', 'weights.bin');
      writeFileSync(changed, readFileSync(file));
      appendFileSync(changed, 'x');
      expect(answer(changed, envelope)).toMatchObject({ exitCode: 4, content: { code: 'content.differs' } });

      const content = JSON.parse(readFileSync(envelope, 'utf8'));
      content.payload = Buffer.from(statement(sha256Hex(readFileSync(changed)))).toString('base64');
      writeFileSync(at('forged.dsse.json'), JSON.stringify(content));
      expect(answer(changed, at('forged.dsse.json'))).toMatchObject({
        exitCode: 4,
        signer: { state: 'fail' },
        content: { state: 'unknown' },
      });

      const stranger = makeKey(work.path, 'stranger', 'P-256');
      expect(answer(file, envelope, stranger.publicKey)).toMatchObject({ exitCode: 4, signer: { state: 'fail' } });
    });
  },
  ['openssl'],
);

describeWith(
  ['securesystemslib'],
  'signs the examples of the in-toto specification, which we read',
  () => {
    let key: KeyFiles;
    beforeAll(() => {
      key = makeKey(work.path, 'examples', 'P-256');
      mkdirSync(at('nothing'));
    });

    it.skipIf(!existsSync(specification))('each whole statement in it', () => {
      const examples = statementsOfSpecification();
      expect(examples.length).toBeGreaterThanOrEqual(9);
      for (const [index, { predicateType, text }] of examples.entries()) {
        const envelope = signed(`example-${index}`, text, key);
        const answer = verifyArtifact(at('nothing'), [...withKey(key.publicKey), '--signature', envelope]);
        // None of the files that the examples name lies here.
        expect(answer).toMatchObject({ exitCode: 4, signer: { signers: [{ trusted: true }] }, counts: { same: 0 } });
        if (predicateType === aboutACommit) expect(answer.content.code).toBe('statement.file_name');
        else expect(answer).toMatchObject({ basis: 'in_toto', predicateType, content: { code: 'content.differs' } });
      }
    });
  },
  ['openssl'],
);
