/** Our signed reports in the hands of programs that know nothing of us: poppler, NSS, OpenSSL, qpdf. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256Hex } from '../../../src-main/core/canonical-json.ts';
import { composeInternalAudit } from '../../../src-main/core/report/compose-internal-audit.ts';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { modelDigest, twinFileName } from '../../../src-main/core/report/model.ts';
import { renderReport } from '../../../src-main/core/report/render.ts';
import { signReport } from '../../../src-main/core/report/sign.ts';
import { verifyReport } from '../../../src-main/core/report/verify.ts';
import { nasty, reportInputs } from '../../unit/report/fixtures.ts';
import { testSigner } from '../../unit/report/keys.ts';
import { describeWith } from '../support/tools.ts';

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describeWith(['pdfsig', 'certutil', 'qpdf', 'openssl', 'pdftotext'], 'read our signed reports', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const reports = {
    audit: composeInternalAudit(reportInputs()),
    certificate: composeReconciliationCertificate(reportInputs()),
  };
  const now = new Date('2026-11-23T14:30:00Z');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-report-'));
    const signer = await testSigner('Jana Nováková');
    writeFileSync(path('signer.der'), signer.certificate);
    run('openssl', ['x509', '-inform', 'der', '-in', path('signer.der'), '-out', path('signer.pem')]);
    for (const [name, model] of Object.entries(reports)) {
      const { pdf } = await renderReport(model, { generatedAt: new Date('2026-11-23T13:00:00Z') });
      const signed = await signReport(pdf, {
        ...signer,
        name: 'Jana Nováková',
        reason: 'Issued',
        signedAt: new Date('2026-11-23T14:00:00Z'),
      });
      writeFileSync(path(`${name}.pdf`), signed);
    }
    run('certutil', ['-N', '-d', folder, '--empty-password']);
    run('certutil', ['-A', '-d', folder, '-n', 'signer', '-t', 'P,P,P', '-i', path('signer.der')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const names = ['audit', 'certificate'] as const;

  it.each(names)('pdfsig finds the %s valid and signed as a whole', (name) => {
    const text = run('pdfsig', ['-nssdir', folder, path(`${name}.pdf`)]);
    expect(text).toContain('Signature is Valid.');
    expect(text).toContain('Total document signed');
    expect(text).toContain('ETSI.CAdES.detached');
    expect(text).toContain('Jana Nováková');
    expect(text.match(/Signature #/g)).toHaveLength(1);
  });

  it.each(names)('qpdf finds no error in the %s', (name) => {
    const text = run('qpdf', ['--check', path(`${name}.pdf`)]);
    expect(text).toContain('No syntax or stream encoding errors found');
    expect(text).not.toMatch(/WARNING/);
  });

  it.each(names)('openssl verifies the CMS of the %s over the signed bytes, and not over others', (name) => {
    const pdf = readFileSync(path(`${name}.pdf`));
    const [, a = 0, b = 0] = (/\/ByteRange \[([\d ]+)\]/.exec(pdf.toString('latin1'))?.[1] ?? '')
      .split(' ')
      .map(Number);
    const padded = Buffer.from(pdf.toString('latin1', a + 1, b - 1), 'hex');
    writeFileSync(path('sig.der'), padded.subarray(0, 4 + padded.readUInt16BE(2)));
    const content = Buffer.concat([pdf.subarray(0, a), pdf.subarray(b)]);
    const verify = (): string => {
      writeFileSync(path('content.bin'), content);
      return execFileSync(
        'openssl',
        [
          'cms',
          '-verify',
          '-binary',
          '-cades',
          '-inform',
          'DER',
          '-in',
          path('sig.der'),
          '-content',
          path('content.bin'),
          '-CAfile',
          path('signer.pem'),
          '-partial_chain',
          '-attime',
          String(now.getTime() / 1000),
          '-out',
          path('out.bin'),
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      );
    };
    expect(verify).not.toThrow();
    const printed = run('openssl', ['asn1parse', '-inform', 'DER', '-in', path('sig.der')]);
    expect(printed).not.toContain('signingTime');
    content[1000] = (content[1000] ?? 0) ^ 1;
    expect(verify).toThrow();
  });

  it.each(names)('pdftotext finds every heading of the %s, the digest and the page count', (name) => {
    const text = run('pdftotext', ['-layout', path(`${name}.pdf`), '-']);
    for (const section of reports[name].sections) expect(text).toContain(section.title);
    expect(text).toContain(modelDigest(reports[name]));
    expect(text).toMatch(/Page 2 of \d+/);
    expect(text).toContain('CONFIDENTIAL');
    const words = text.replaceAll('\u00a0', ' ');
    // The last word holds a lam-alef ligature, which extractors give back in either order.
    const [first = '', second = ''] = nasty.rightToLeft.split(' ');
    expect(words.includes(`${first} ${second}`), 'right-to-left words in logical order').toBe(true);
    expect(words).toContain(nasty.markup.slice(0, 20));
  });

  it.each(names)('qpdf hands out the twin of the %s, and it hashes to the digest', (name) => {
    const twin = execFileSync('qpdf', [`--show-attachment=${twinFileName}`, path(`${name}.pdf`)], {
      maxBuffer: 1 << 28,
    });
    expect(sha256Hex(twin)).toBe(modelDigest(reports[name]));
  });

  it('pdftotext finds the end of texts that are longer than a page', async () => {
    const inputs = reportInputs();
    const long = `${'All of this was read and none of it was dropped. '.repeat(380)}END-OF-NOTE`;
    const lines = `${'line\n'.repeat(160)}END-OF-LINES`;
    const [first, ...rest] = inputs.findings;
    if (!first || !inputs.reconcile) throw new Error('the fixture has findings');
    const entry = {
      id: 1,
      at: '2026-11-10T10:00:00Z',
      by: 'Maria Keller',
      type: 'note' as const,
      text: long,
      state: null,
    };
    const findings = [{ ...first, message: lines, thread: [entry] }, ...rest];
    const rows = inputs.reconcile.rows.map((row) =>
      row.verdict === 'unregistered' ? { ...row, sentence: `${long}-${row.rowId}` } : row,
    );
    const everything = { ...inputs, findings, reconcile: { ...inputs.reconcile, rows } };
    for (const [compose, marks] of [
      [composeInternalAudit, ['END-OF-NOTE', 'END-OF-LINES']],
      [composeReconciliationCertificate, rows.filter((row) => row.verdict === 'unregistered').map((row) => row.rowId)],
    ] as const) {
      const { pdf } = await renderReport(compose(everything), { generatedAt: new Date('2026-11-23T13:00:00Z') });
      writeFileSync(path('long.pdf'), pdf);
      const text = run('pdftotext', [path('long.pdf'), '-']).replaceAll('\n', '');
      for (const mark of marks) expect(text.includes(mark), mark).toBe(true);
    }
  });

  it('an RSA signer with an issuing authority made by openssl is accepted by pdfsig and by us', async () => {
    run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.pem'),
      '-subj',
      '/CN=Test authority',
      '-days',
      '3650',
      '-addext',
      'keyUsage=critical,keyCertSign',
    ]);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    writeFileSync(path('rsa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    run('openssl', ['req', '-new', '-key', path('rsa.key'), '-subj', '/CN=Paul Okafor', '-out', path('rsa.csr')]);
    writeFileSync(
      path('rsa.ext'),
      'basicConstraints=CA:false\nkeyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=emailProtection\n',
    );
    run('openssl', [
      'x509',
      '-req',
      '-in',
      path('rsa.csr'),
      '-CA',
      path('ca.pem'),
      '-CAkey',
      path('ca.key'),
      '-CAcreateserial',
      '-days',
      '365',
      '-extfile',
      path('rsa.ext'),
      '-out',
      path('rsa.pem'),
    ]);
    const der = (name: string): Buffer => {
      run('openssl', ['x509', '-in', path(`${name}.pem`), '-outform', 'der', '-out', path(`${name}.der`)]);
      return readFileSync(path(`${name}.der`));
    };
    const { pdf } = await renderReport(reports.certificate, { generatedAt: new Date('2026-11-23T13:00:00Z') });
    const signedAt = new Date();
    const signed = await signReport(pdf, {
      privateKey,
      certificate: der('rsa'),
      chain: [der('ca')],
      name: 'Paul Okafor',
      reason: 'Checked',
      signedAt,
    });
    writeFileSync(path('rsa.pdf'), signed);
    const text = run('pdfsig', ['-nssdir', folder, path('rsa.pdf')]);
    expect(text).toContain('Signature is Valid.');
    expect(text).toContain('Total document signed');
    const known = async (certificates: readonly Uint8Array[]) =>
      (await verifyReport(signed, { knownCertificates: certificates, now: new Date(signedAt.getTime() + 1000) }))
        .identity;
    expect(await known([der('ca')])).toMatchObject({ state: 'pass', code: 'identity.issued' });
    expect(await known([readFileSync(path('signer.der'))])).toMatchObject({ state: 'fail' });
  });
});
