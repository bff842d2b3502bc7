/** Signing with a certificate from outside, verifying against the workspace's record, replay, threshold and evidence, as typed. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../src-shared/contract/contract.ts';
import { assay, assayJson, temporaryFolder } from '../support/assay.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('skipped in part: openssl is not installed');

describe('report, trust and evidence commands', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const w = ['-w', at('demo', 'workspace')];
  const secret = 'Geheimes Wort';
  beforeAll(() => {
    expect(assay(['demo', '--models', '20', '--out', at('demo')]).code).toBe(0);
  });
  afterAll(() => folder.remove());

  it.skipIf(!hasOpenssl)('when a report is signed with --p12 it verifies, and its unsigned copy does not', () => {
    const openssl = (...args: string[]) => expect(spawnSync('openssl', args).status).toBe(0);
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-keyout', at('k.pem'), '-out', at('c.pem'), '-days', '30'],
      ...['-subj', '/CN=Jana Auditor', '-addext', 'keyUsage=critical,digitalSignature'],
    );
    openssl(
      ...['pkcs12', '-export', '-inkey', at('k.pem'), '-in', at('c.pem'), '-out', at('j.p12')],
      ...['-passout', `pass:${secret}`],
    );
    writeFileSync(at('pw'), `${secret}\n`);
    const unsigned = at('unsigned.pdf');
    const signed = at('signed.pdf');
    expect(assay(['report', 'build', ...w, '--out', unsigned]).code).toBe(0);
    const sign = ['report', 'sign', '2', ...w, '--out', signed, '--no-input'];
    const missing = assay([...sign, '--p12', at('j.p12')], { env: { ASSAY_P12_PASSPHRASE: '' } });
    expect(missing).toMatchObject({ code: 5 });
    expect(missing.stderr).toContain('ASSAY_P12_PASSPHRASE');
    const wrong = assay([...sign, '--p12', at('j.p12')], { env: { ASSAY_P12_PASSPHRASE: 'wrong' } });
    expect(wrong).toMatchObject({ code: 5 });
    expect(wrong.stderr).toContain('does not open this PKCS#12 file');
    expect(assay([...sign, '--p12', at('c.pem'), '--p12-passphrase-file', at('pw')]).code).toBe(3);
    expect(assay([...sign, '--p12-passphrase-file', at('pw')]).code).toBe(2);
    const run = assayJson([...sign, '--p12', at('j.p12'), '--p12-passphrase-file', at('pw')]);
    expect(run).toMatchObject({ code: 0, value: { signed: true, signer: 'Jana Auditor' } });
    expect(assay([...sign, '--p12', at('j.p12'), '--p12-passphrase-file', at('pw')]).code).toBe(6);

    const verified = assayJson(['report', 'verify', signed, ...w]);
    expect(verified).toMatchObject({ code: 0, value: { ok: true, content: { code: 'content.recorded_file' } } });
    expect(assay(['report', 'verify', signed, '--trust', at('c.pem')]).code).toBe(0);
    expect(readFileSync(signed).subarray(0, readFileSync(unsigned).length).equals(readFileSync(unsigned))).toBe(true);
    const copy = assayJson(['report', 'verify', unsigned, ...w]);
    expect(copy).toMatchObject({ code: 4, value: { ok: false, content: { code: 'content.other_file' } } });
    expect(assay(['ledger', 'verify', ...w]).code).toBe(0);
  });

  it('when a report is replayed it exits 0, and 4 when the pages are not made from its data', () => {
    const report = at('demo', 'report.pdf');
    const run = assayJson(['report', 'replay', report]);
    expect(run.code).toBe(0);
    const replay = contract['report.replay'].output.parse(run.value);
    expect(replay).toMatchObject({ ok: true, record: { code: 'record.not_asked' } });
    expect(assayJson(['report', 'replay', '--id', '1', ...w])).toMatchObject({
      code: 0,
      value: { record: { code: 'record.known' }, sha256: replay.sha256 },
    });
    const bytes = readFileSync(report);
    bytes.write('841.88', bytes.indexOf('841.89'), 'latin1');
    writeFileSync(at('other.pdf'), bytes);
    expect(assayJson(['report', 'replay', at('other.pdf')])).toMatchObject({
      code: 4,
      value: { ok: false, result: { code: 'replay.differs' } },
    });
    expect(assay(['report', 'replay']).code).toBe(2);
  });

  it('when the threshold is set it is bounded by the usable keys, and the list shows it', () => {
    expect(assayJson(['trust', 'threshold', '2', ...w])).toMatchObject({
      code: 6,
      value: { error: { code: 'trust.threshold_too_high' } },
    });
    expect(assay(['keys', 'generate', '--out', at('second'), '--no-passphrase']).code).toBe(0);
    const add = ['trust', 'add', at('second.pub.pem'), ...w, '--until', '2100-01-01T00:00:00Z'];
    expect(assay(add).code).toBe(0);
    expect(assayJson(['trust', 'threshold', '2', ...w])).toEqual({
      code: 0,
      value: { threshold: 2, usableKeys: 2, registryId: null },
    });
    const list = assay(['trust', 'list', ...w]);
    expect(list.stderr).toContain('Signatures needed: 2');
    expect(list.stdout).toContain('to 2100-01-01T00:00:00Z');
    expect(assay(['snapshot', 'verify', at('demo', 'snapshots', 'registry-2.assay'), ...w]).code).toBe(4);
    expect(assay(['trust', 'threshold', '1', ...w]).code).toBe(0);
  });

  it('when evidence is asked for by the locator of a value it is printed at the place', () => {
    const listed = assayJson(['inventory', 'list', ...w, '--limit', '1']);
    const [row] = contract['inventory.list'].output.pick({ rows: true }).loose().parse(listed.value).rows;
    const dossier = contract['inventory.show'].output.parse(
      assayJson(['inventory', 'show', `model/${row?.id}`, ...w]).value,
    );
    const cell = dossier.facts.find((fact) => fact.cell.state === 'value')?.cell;
    const args = ['inventory', 'evidence', String(cell?.snapshot), cell?.locator ?? '', ...w];
    const shown = contract['evidence.show'].output.parse(assayJson(args).value);
    expect(shown.member).toBe(cell?.locator?.split('#')[0]);
    expect(assay(args).stdout).toBe(`${shown.fragment ?? shown.text.trimEnd()}\n`);
    expect(assay([...args, '--whole']).stdout.trimEnd()).toBe(shown.text.trimEnd());
    expect(assay(['inventory', 'evidence', '1', 'evidence/none.json#', ...w]).code).toBe(2);
  });
});
