/** `assay artifact verify` and `assay dataset verify` as people call them: output, JSON, exit codes, and what the store keeps. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkArtifactOutput } from '../../src-shared/contract/schemas/artifact.ts';
import { artifactVerificationSchema } from '../../src-shared/domain/artifact.ts';
import { assay, assayJson, repositoryRoot, temporaryFolder } from '../support/assay.ts';

const vectors = join(repositoryRoot, 'test', 'fixtures', 'vectors', 'model-signing');
const certificates = join(vectors, 'keys', 'certificate');
const work = temporaryFolder();
const at = (...parts: string[]): string => join(work.path, ...parts);
const workspace = at('audit');

/** A Croissant description of one file, collected, packed with model.sig and imported. */
beforeAll(() => {
  mkdirSync(at('in'));
  mkdirSync(at('data'));
  writeFileSync(at('data', 'loans.csv'), 'id,amount\n1,2\n');
  writeFileSync(
    at('in', 'croissant.json'),
    JSON.stringify({
      '@context': { cr: 'http://mlcommons.org/croissant/' },
      '@type': 'sc:Dataset',
      name: 'loans',
      distribution: [
        {
          '@type': 'cr:FileObject',
          contentUrl: 'https://data.example/loans.csv',
          sha256: execFileSync('sha256sum', [at('data', 'loans.csv')], { encoding: 'utf8' }).slice(0, 64),
        },
      ],
    }),
  );
  const run = (...args: string[]) => {
    const done = assay(args);
    if (done.code !== 0) throw new Error(`${args.join(' ')}: ${done.stdout}${done.stderr}`);
  };
  run('keys', 'generate', '--out', at('pub'), '--no-passphrase');
  run('collect', at('in'), '--out', at('collected'));
  run('snapshot', 'pack', at('collected'), '--key', at('pub.key.pem'), '--out', at('r.assay'), '--model-signing');
  run('workspace', 'create', workspace, '--name', 'Audit', '--user', 'Ada');
  run('trust', 'add', at('pub.pub.pem'), '-w', workspace, '--label', 'Registry');
  run('import', at('r.assay'), '-w', workspace);
});
afterAll(() => work.remove());

describe('assay artifact verify', () => {
  it('prints three answers and the denominator, and exits 0', () => {
    const run = assay([
      ...['artifact', 'verify', join(vectors, 'v1.0.0-certificate')],
      ...['--certificate-chain', join(certificates, 'ca-cert.pem')],
    ]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/✓ Content {4}2 of 2 signed files are there and unchanged/);
    expect(run.stdout).toMatch(/✓ Signer {5}Signed by CN=intermediate-ca \(certified by CN=root-ca\)/);
    expect(run.stdout).toMatch(/\? Time {7}Signing time unknown/);
    expect(run.stdout).toContain('Verified.');
  });

  it('exits 4 for a changed file, names it, and says the same as JSON', () => {
    const folder = at('changed');
    cpSync(join(vectors, 'v1.1.0-elliptic-key'), folder, { recursive: true });
    writeFileSync(join(folder, 'signme-2'), 'other');
    const args = ['artifact', 'verify', folder, '--public-key', join(certificates, 'signing-key-pub.pem')];
    const run = assay(args);
    expect(run.code).toBe(4);
    expect(run.stdout).toMatch(/✗ Content {4}1 of 2 signed files are there and unchanged; 1 changed/);
    expect(run.stdout).toMatch(/signme-2 +changed/);
    const json = assayJson(args);
    expect(json.code).toBe(4);
    expect(artifactVerificationSchema.parse(json.value)).toMatchObject({ ok: false, counts: { same: 1, changed: 1 } });
  });

  it('exits 3 when only something unreadable stands in the way, and never waits for a pipe', () => {
    const folder = at('pipe');
    cpSync(join(vectors, 'v1.1.0-elliptic-key'), folder, { recursive: true });
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    const run = assay(['artifact', 'verify', folder, '--public-key', join(certificates, 'signing-key-pub.pem')]);
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/Cannot determine: 2 of 2 signed files/);
  });

  it('exits 4 for a link out of the folder, and names it', () => {
    const folder = at('link');
    cpSync(join(vectors, 'v1.1.0-elliptic-key'), folder, { recursive: true });
    symlinkSync('/etc/passwd', join(folder, 'passwd'));
    const run = assay(['artifact', 'verify', folder, '--public-key', join(certificates, 'signing-key-pub.pem')]);
    expect(run.code).toBe(4);
    expect(run.stdout).toMatch(/passwd +link .*leads out of the folder/);
  });

  it('does not call verified what was left out, and lists it', () => {
    const folder = at('partial');
    cpSync(join(vectors, 'v1.1.0-elliptic-key'), folder, { recursive: true });
    writeFileSync(join(folder, 'evil.py'), 'x');
    const args = ['artifact', 'verify', folder, '--public-key', join(certificates, 'signing-key-pub.pem')];
    const run = assay([...args, '--ignore', './evil.py']);
    expect(run.code).toBe(4);
    expect(run.stdout).toMatch(/\? Content {4}Cannot determine for the whole: 2 of 2 signed files .*; 1 not covered/);
    expect(run.stdout).toMatch(/evil\.py +uncovered .*left out on request/);
    expect(run.stdout).toMatch(/ignore-me +ignored .*left out by the signature/);
    expect(run.stdout).toContain('Not verified: not everything could be determined.');
    expect(run.stdout).not.toMatch(/^Verified/m);
    const one = assay(['artifact', 'verify', join(folder, 'signme-1'), ...args.slice(3)]);
    expect(one.stdout).toContain('Verified: this file, and none of the others that were signed with it.');
  });

  it('a check that stays with a record believes the workspace alone', () => {
    for (const option of ['--public-key', '--certificate-chain', '--trust'])
      expect(
        assayJson(['artifact', 'verify', at('data'), '-w', workspace, '--id', 'x', option, at('pub.pub.pem')]),
      ).toMatchObject({ code: 2, value: { error: { code: 'artifact.two_trusts' } } });
    expect(
      assay(['dataset', 'verify', at('data'), '-w', workspace, '--id', 'x', '--public-key', at('pub.pub.pem')]).code,
    ).toBe(2);
  });

  it('asks whom to believe, and refuses what it cannot read', () => {
    const folder = join(vectors, 'v1.0.0-certificate');
    expect(assayJson(['artifact', 'verify', folder])).toMatchObject({
      code: 2,
      value: { error: { code: 'verify.no_trust' } },
    });
    expect(assayJson(['artifact', 'verify', folder, '--public-key', join(folder, 'signme-1')])).toMatchObject({
      code: 3,
      value: { error: { code: 'key.unreadable' } },
    });
    expect(assay(['artifact', 'verify', '/nowhere', '--public-key', at('pub.pub.pem')]).code).toBe(3);
  });

  it('verifies the unpacked bundle that pack --model-signing wrote, by the keys of the workspace', () => {
    execFileSync('python3', ['-m', 'zipfile', '-e', at('r.assay'), at('unpacked')]);
    const run = assayJson(['artifact', 'verify', at('unpacked'), '-w', workspace]);
    expect(run).toMatchObject({ code: 0, value: { ok: true, basis: 'model_signing', signer: { state: 'pass' } } });
  });
});

describe('assay dataset verify', () => {
  const showed = (): string => assay(['inventory', 'show', 'dataset/croissant:loans', '-w', workspace]).stdout;
  const verify = (path: string) => {
    const { code, value } = assayJson(['dataset', 'verify', path, '-w', workspace, '--id', 'croissant:loans']);
    return { code, result: checkArtifactOutput.parse(value) };
  };

  it('keeps the result with the record, and the dossier tells it', () => {
    expect(showed()).toMatch(/\? Files {6}Never checked; recorded is sha256:/);
    expect(verify(at('data'))).toMatchObject({ code: 0, result: { ok: true, by: 'Ada', name: 'data', finding: null } });
    expect(showed()).toMatch(/✓ Files {6}1 of 1 file has the recorded digest .* by Ada\./);

    writeFileSync(at('data', 'loans.csv'), 'id,amount\n1,3\n');
    const failed = verify(at('data', 'loans.csv'));
    expect(failed).toMatchObject({ code: 4, result: { ok: false, finding: expect.any(Number) } });
    expect(showed()).toMatch(/✗ Files {6}The file has another digest/);
    const findings = assayJson(['findings', 'list', '-w', workspace]);
    const rows = z.object({ rows: z.array(z.object({ ruleId: z.string() }).loose()) }).parse(findings.value).rows;
    expect(rows.map(({ ruleId }) => ruleId)).toContain('SIG-001');
    const ledger = assay(['ledger', 'show', '-w', workspace]).stdout;
    expect(ledger).toContain('Checked files of dataset/croissant:loans: not verified');
    expect(assay(['ledger', 'verify', '-w', workspace]).code).toBe(0);
  });

  it('refuses a dataset that is not there', () => {
    const run = assayJson(['dataset', 'verify', at('data'), '-w', workspace, '--id', 'nothing']);
    expect(run).toMatchObject({ code: 2, value: { error: { code: 'record.unknown' } } });
    expect(readFileSync(at('data', 'loans.csv'), 'utf8')).toContain('1,3');
  });
});
