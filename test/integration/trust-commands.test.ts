/** `assay trust …`, `snapshot cosign` and `--trust` as processes: what is printed, the exit codes, and what a file on disk cannot do. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { documentOf } from '../../src-main/hosts/cli/documents.ts';
import { assay, assayJson, passphrase, repositoryRoot, temporaryFolder } from '../support/assay.ts';
import { sampleRecord, writeFolder } from '../unit/snapshot/fixture.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const run = (...args: string[]) => assay(args, { cwd: folder.path });
/** The document of a command, checked against what `assay schema` promises for it. */
function json(
  command: string,
  ...args: string[]
): { readonly code: number | null; readonly value: Record<string, unknown> } {
  const { code, value } = assayJson([...command.split(' '), ...args], { cwd: folder.path });
  const failure = z.looseObject({ error: z.unknown() }).safeParse(value);
  if (!failure.success) documentOf(command)?.parse(value);
  return { code, value: z.record(z.string(), z.unknown()).parse(value) };
}
const codeOf = ({ value }: ReturnType<typeof json>) =>
  z.object({ error: z.object({ code: z.string() }) }).parse(value).error.code;
const registry = 'urn:example:registry';

beforeAll(async () => {
  for (const key of ['first', 'second', 'third']) expect(run('keys', 'generate', '--out', key).code, key).toBe(0);
  await writeFolder(at('collected'), {
    registry,
    records: [sampleRecord('model', 'm1', { model_id: 'm1', model_name: 'Credit score' })],
  });
  const packed = run('snapshot', 'pack', 'collected', '--key', 'first.key.pem', '--out', 'one.assay');
  expect(packed.code, packed.stderr).toBe(0);
  expect(run('workspace', 'create', 'central', '--user', 'Grace').code).toBe(0);
  expect(run('workspace', 'create', 'field', '--user', 'Ada').code).toBe(0);
});
afterAll(() => folder.remove());

const issuer = (): string => {
  const { value } = json('trust export', '-w', 'central', '--out', 'issuer.json');
  return z.object({ issuer: z.object({ fingerprint: z.string() }) }).parse(value).issuer.fingerprint;
};

describe('trust add', () => {
  it('takes a key from standard input and compares its fingerprint in groups', () => {
    const fingerprint = /Fingerprint {2}(.*)/.exec(run('keys', 'generate', '--out', 'spare').stdout)?.[1] ?? '';
    const wrong = `${fingerprint.slice(0, 20)}${fingerprint[20] === '0' ? '1' : '0'}${fingerprint.slice(21)}`;
    const refused = run('trust', 'add', 'spare.pub.pem', '-w', 'central', '--fingerprint', wrong);
    expect([refused.code, refused.stdout]).toEqual([4, '']);
    expect(refused.stderr).toMatch(/group 5 is .* in the key and .* in what was given; it was not added/);
    const launcher = join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs');
    const args = [launcher, 'trust', 'add', '-', '-w', 'central', '--label', 'Spare'];
    const added = spawnSync(process.execPath, [...args, '--fingerprint', fingerprint.toUpperCase()], {
      cwd: folder.path,
      encoding: 'utf8',
      input: readFileSync(at('spare.pub.pem')),
      env: { ...process.env, ASSAY_PASSPHRASE: passphrase, NO_COLOR: '1' },
    });
    expect([added.status, added.stderr]).toEqual([0, 'The fingerprint is the one given, in every group.\n']);
    expect(run('trust', 'add', 'first.pub.pem', '-w', 'central', '--label', 'First', '--registry', registry).code).toBe(
      0,
    );
  });
});

describe('snapshot verify', () => {
  it('prints three answers and the container, with what signer and freshness rest on', () => {
    const { code, stdout } = run('snapshot', 'verify', 'one.assay', '-w', 'central');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => /^✓ (Content|Signer|Freshness|Container)/.test(line))).toHaveLength(4);
    for (const part of [
      'Signatures that verify under a key of the trust store: 1 of 1.',
      'Of these, by keys trusted for this registry: 1 of 1.',
      'Of these, not revoked before this snapshot: 1 of 1.',
      'Of these, within the validity of their key: 1 of 1.',
      'Distinct keys accepted: 1 of 1 needed.',
    ])
      expect(stdout).toContain(`             ✓ ${part}\n`);
    expect(stdout).toMatch(/✓ Judged by this computer's clock, 20\d\d-/);
    expect(stdout).toMatch(/✓ The trust store last changed at 20\d\d-/);
    expect(stdout).toMatch(/✓ Revocation unknown since 20\d\d-.*nobody has told this workspace/);
  });

  it('believes a signed trust file and names its issuer, and says of a plain one that it is unsigned', () => {
    expect(run('trust', 'export', '-w', 'central', '--out', 'signed.json').code).toBe(0);
    expect(run('trust', 'export', '-w', 'central', '--out', 'plain.json', '--plain').code).toBe(0);
    const signed = run('snapshot', 'verify', 'one.assay', '--trust', 'signed.json');
    expect([signed.code, signed.stderr]).toEqual([
      0,
      expect.stringMatching(/signed by "Grace" .* compare its fingerprint/),
    ]);
    const plain = run('snapshot', 'verify', 'one.assay', '--trust', 'plain.json');
    expect([plain.code, plain.stderr]).toEqual([0, expect.stringMatching(/unsigned: whoever can write to it/)]);
    expect(codeOf(json('snapshot verify', 'one.assay', '--trust', 'signed.json', '--issuer', 'ab'.repeat(32)))).toBe(
      'trust.issuer_mismatch',
    );
    expect(codeOf(json('snapshot verify', 'one.assay', '--trust', 'plain.json', '--issuer', 'ab'.repeat(32)))).toBe(
      'trust.unsigned',
    );
    const cut = readFileSync(at('signed.json'), 'utf8').replace(/"sig": "(.{20})./, '"sig": "$1A');
    writeFileSync(at('cut.json'), cut);
    const spoilt = json('snapshot verify', 'one.assay', '--trust', 'cut.json');
    expect(spoilt.code).toBeGreaterThanOrEqual(3);
    expect(codeOf(spoilt)).toMatch(/^trust\.(signature|malformed)$/);
  });
});

describe('trust import', () => {
  it('asks for the issuer at first contact, then takes newer files and refuses older ones', () => {
    expect(run('trust', 'export', '-w', 'central', '--out', 'old.json').code).toBe(0);
    const fingerprint = issuer();
    expect(run('trust', 'export', '-w', 'central', '--out', 'new.json').code).toBe(0);
    const first = run('trust', 'import', 'new.json', '-w', 'field');
    expect([first.code, first.stdout]).toEqual([4, '']);
    expect(first.stderr).toContain(fingerprint);
    const preview = run('trust', 'import', 'new.json', '-w', 'field', '--dry-run');
    expect(preview.stdout).toContain(`+ Trust the key "First" for ${registry}.`);
    expect(json('trust list', '-w', 'field').value).toMatchObject({ keys: [] });
    expect(json('trust import', 'new.json', '-w', 'field', '--issuer', fingerprint).value).toMatchObject({
      outcome: 'applied',
      firstContact: true,
    });
    expect(codeOf(json('trust import', 'old.json', '-w', 'field'))).toBe('trust.rollback');
    expect(run('snapshot', 'verify', 'one.assay', '-w', 'field').code).toBe(0);
  });

  it('C13 replacing the files afterwards changes nothing of the verdict', () => {
    for (const name of ['new.json', 'signed.json', 'plain.json', 'issuer.json']) writeFileSync(at(name), '{"keys":[]}');
    const { code, value } = json('snapshot verify', 'one.assay', '-w', 'field');
    expect([code, value]).toEqual([0, expect.objectContaining({ ok: true })]);
  });
});

describe('m of n', () => {
  it('a snapshot that needs two signatures is accepted once somebody else has co-signed it', () => {
    expect(
      run('trust', 'add', 'second.pub.pem', '-w', 'central', '--label', 'Second', '--registry', registry).code,
    ).toBe(0);
    expect(run('trust', 'threshold', '2', '-w', 'central', '--registry', registry).code).toBe(0);
    const before = run('snapshot', 'verify', 'one.assay', '-w', 'central');
    expect([before.code, before.stdout]).toEqual([
      4,
      expect.stringContaining('Distinct keys accepted: 1 of 2 needed.'),
    ]);
    const signed = json('snapshot cosign', 'one.assay', '--key', 'second.key.pem', '--out', 'two.assay');
    expect([signed.code, signed.value['keyIds']]).toEqual([0, expect.arrayContaining([expect.any(String)])]);
    expect(run('import', 'two.assay', '-w', 'central').code).toBe(0);
    expect(run('snapshot', 'cosign', 'two.assay', '--key', 'second.key.pem', '--out', 'three.assay').code).toBe(2);
  });
});

describe('trust rotate', () => {
  const prepare = (...more: string[]) =>
    json(
      'trust rotate prepare',
      '--registry',
      registry,
      '--serial',
      '1',
      '--add',
      'third.pub.pem',
      '--retire',
      'first.pub.pem=1',
      '--threshold',
      '2',
      '--out',
      'rotation.json',
      ...more,
    );

  it('C10 needs the old threshold and the new key, previews, applies once, and is a replay afterwards', () => {
    expect(prepare('--key', 'first.key.pem').code).toBe(0);
    expect(codeOf(json('trust rotate apply', 'rotation.json', '-w', 'central'))).toBe('rotation.too_few_signatures');
    const cosign = (key: string) =>
      json('trust rotate cosign', 'rotation.json', '--key', key, '--out', 'rotation.json');
    expect(cosign('second.key.pem').value['waitingFor']).toHaveLength(1);
    expect(codeOf(json('trust rotate apply', 'rotation.json', '-w', 'central'))).toBe('rotation.no_possession');
    expect(cosign('third.key.pem').value['waitingFor']).toEqual([]);
    const preview = run('trust', 'rotate', 'apply', 'rotation.json', '-w', 'central', '--dry-run');
    expect(preview.stdout).toContain('would be applied');
    expect(run('trust', 'show', 'third', '-w', 'central').code).toBe(2);
    expect(run('trust', 'rotate', 'apply', 'rotation.json', '-w', 'central').code).toBe(0);
    expect(run('trust', 'show', 'third', '-w', 'central').stdout).toContain(`Registries   ${registry}\n`);
    expect(run('trust', 'show', 'First', '-w', 'central').stdout).toMatch(/Retired .*: accepted up to sequence 1 /);
    expect(codeOf(json('trust rotate apply', 'rotation.json', '-w', 'central'))).toBe('rotation.replayed');
  });
});

describe('trust revoke and confirm', () => {
  it('--dry-run names what would become untrusted and changes nothing', () => {
    const preview = run('trust', 'revoke', 'Second', '-w', 'central', '--after', '0', '--dry-run');
    expect([preview.code, preview.stderr]).toEqual([0, 'Nothing was changed.\n']);
    expect(preview.stdout).toMatch(/1 of the 1 stored snapshot that "Second" signed would change:/);
    expect(preview.stdout).toMatch(/Sample registry +1 +Too few: 1 of 2 required signers would remain/);
    expect(json('trust revoke', 'Second', '-w', 'central', '--after', '1', '--dry-run').value).toMatchObject({
      signed: 1,
      affected: [],
    });
    expect(run('trust', 'revoke', 'Second', '-w', 'central', '--after', '0').code).toBe(2);
    expect(run('trust', 'show', 'Second', '-w', 'central').stdout).not.toContain('Revoked');
  });

  it('C9 a revoked key no longer speaks for later snapshots', () => {
    const revoke = (...more: string[]) => run('trust', 'revoke', 'First', '-w', 'field', '--reason', 'stolen', ...more);
    const unclear = run('trust', 'revoke', 'Spare', '-w', 'central', '--after', '0', '--dry-run');
    expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('write --after REGISTRY=0')]);
    expect(revoke('--after', 'urn:example:other=0').code).toBe(2);
    expect(revoke('--after', '0').stdout).toBe(
      `Revoked: First\n  ${registry}: up to sequence 0 stays trusted\n  Any other registry: nothing.\n`,
    );
    expect(run('trust', 'show', 'First', '-w', 'field').stdout).toContain(
      `Accepted     up to sequence 0 of ${registry}\n`,
    );
    expect(revoke('--after', 'none').code).toBe(0);
    expect(run('trust', 'show', 'First', '-w', 'field').stdout).toContain('Accepted     nothing of any registry\n');
    const refused = run('snapshot', 'verify', 'one.assay', '-w', 'field');
    expect([refused.code, refused.stdout]).toEqual([
      4,
      expect.stringContaining('✗ Of these, not revoked before this snapshot: 0 of 1.'),
    ]);
  });

  it('confirm writes down that the publisher was asked', () => {
    const { value } = json('trust confirm', 'Second', '-w', 'central');
    expect(value).toMatchObject({ keys: 1 });
    expect(run('trust', 'show', 'Second', '-w', 'central').stdout).toContain(`unknown since ${value['confirmedAt']}`);
    expect(run('ledger', 'show', '-w', 'central').stdout).toContain('nothing was revoked: "Second"');
  });
});
