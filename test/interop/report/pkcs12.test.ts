/** PKCS#12 files as OpenSSL and NSS write them, and what poppler says of reports signed with them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { loadPkcs12 } from '../../../src-main/core/report/pkcs12.ts';
import { renderReport } from '../../../src-main/core/report/render.ts';
import { signReport } from '../../../src-main/core/report/sign.ts';
import { verifyReport } from '../../../src-main/core/report/verify.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { reportInputs } from '../../unit/report/fixtures.ts';
import { describeWith } from '../support/tools.ts';

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const passphrase = 'Prüf-Zeichen 42 €';

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof AssayError) return `${error.failure.kind} ${error.failure.code}`;
    throw error;
  }
  return 'no failure';
};

const keys = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa: ['-newkey', 'rsa:3072'],
  small: ['-newkey', 'rsa:1024'],
  ed25519: ['-newkey', 'ed25519'],
  scramble: ['-newkey', 'rsa:2048'],
} as const;
type Name = keyof typeof keys;

const encodings = {
  modern: [],
  'modern with SHA-512 and AES-128': ['-macalg', 'SHA512', '-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC'],
  legacy: ['-legacy'],
  'legacy with 3DES alone': ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
  'legacy with 128-bit RC2': [
    '-legacy',
    '-keypbe',
    'PBE-SHA1-RC2-128',
    '-certpbe',
    'PBE-SHA1-RC2-128',
    '-macalg',
    'sha1',
  ],
  'with open certificates': ['-certpbe', 'NONE'],
  'with an open key': ['-keypbe', 'NONE'],
} as const;

describeWith(['openssl', 'pdfsig', 'certutil', 'pk12util'], 'PKCS#12 files for signing reports', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const issue = (name: Name, usage: string): void => {
    writeFileSync(path('ext'), `basicConstraints=CA:false\nkeyUsage=critical,${usage}\n`);
    run('openssl', [
      ...['req', '-new', ...keys[name], '-nodes', '-keyout', path(`${name}.key`), '-out', path(`${name}.csr`)],
      ...['-subj', `/CN=Jana Nováková ${name}`, '-utf8'],
    ]);
    run('openssl', [
      ...[
        'x509',
        '-req',
        '-in',
        path(`${name}.csr`),
        '-CA',
        path('ca.pem'),
        '-CAkey',
        path('ca.key'),
        '-CAcreateserial',
      ],
      ...['-days', '365', '-extfile', path('ext'), '-out', path(`${name}.pem`)],
    ]);
  };
  const exported = (name: Name, flags: readonly string[], to = 'out.p12'): Buffer => {
    run('openssl', [
      ...['pkcs12', '-export', '-inkey', path(`${name}.key`), '-in', path(`${name}.pem`), '-certfile', path('ca.pem')],
      ...['-name', 'signing', '-out', path(to), '-passout', `file:${path('passphrase')}`, ...flags],
    ]);
    return readFileSync(path(to));
  };
  const der = (name: string): Buffer => {
    run('openssl', ['x509', '-in', path(`${name}.pem`), '-outform', 'der', '-out', path(`${name}.der`)]);
    return readFileSync(path(`${name}.der`));
  };
  let pdf: Uint8Array;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-p12-'));
    writeFileSync(path('passphrase'), passphrase);
    run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', path('ca.key'), '-out', path('ca.pem')],
      ...['-subj', '/CN=Test authority', '-days', '3650', '-addext', 'keyUsage=critical,keyCertSign'],
    ]);
    for (const name of ['ec', 'p384', 'rsa', 'small', 'ed25519'] as const)
      issue(name, 'digitalSignature,nonRepudiation');
    issue('scramble', 'keyEncipherment');
    const model = composeReconciliationCertificate(reportInputs());
    ({ pdf } = await renderReport(model, { generatedAt: new Date('2026-11-23T13:00:00Z') }));
    run('certutil', ['-N', '-d', folder, '--empty-password']);
    run('certutil', ['-A', '-d', folder, '-n', 'authority', '-t', 'C,C,C', '-i', path('ca.pem')]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const cases = (['ec', 'rsa'] as const).flatMap((name) =>
    (Object.keys(encodings) as (keyof typeof encodings)[]).map((encoding) => [name, encoding] as const),
  );
  it.each(cases)('opens an %s key, %s, with its chain', async (name, encoding) => {
    const identity = await loadPkcs12(exported(name, encodings[encoding]), passphrase, new Date());
    expect(identity.name).toBe(`Jana Nováková ${name}`);
    expect(der(name).equals(Buffer.from(identity.certificate))).toBe(true);
    expect(identity.chain.map((issuer) => der('ca').equals(Buffer.from(issuer)))).toEqual([true]);
    const opened = identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(opened).toBe(readFileSync(path(`${name}.key`), 'utf8'));
  });

  it.each([
    ['ec', 'modern'],
    ['rsa', 'modern'],
    ['ec', 'legacy'],
    ['rsa', 'legacy'],
    ['p384', 'modern'],
  ] as const)('a report signed with the %s key (%s) is valid to pdfsig and to us', async (name, encoding) => {
    const signedAt = new Date();
    const identity = await loadPkcs12(exported(name, encodings[encoding]), passphrase, signedAt);
    const signed = await signReport(pdf, { ...identity, reason: 'Issued', signedAt });
    writeFileSync(path('signed.pdf'), signed);
    const text = run('pdfsig', ['-nssdir', folder, path('signed.pdf')]);
    expect(text).toContain('Signature is Valid.');
    expect(text).toContain('Certificate is Trusted.');
    expect(text).toContain('Total document signed');
    expect(text).toContain(`Jana Nováková ${name}`);
    const verified = await verifyReport(signed, { knownCertificates: [der('ca')], now: new Date(Date.now() + 1000) });
    expect(verified).toMatchObject({ ok: true, identity: { state: 'pass', code: 'identity.issued' } });
  });

  it('opens what NSS exports (Firefox, Thunderbird)', async () => {
    exported('ec', [], 'in.p12');
    const nss = ['-d', folder, '-K', ''];
    run('pk12util', ['-i', path('in.p12'), ...nss, '-w', path('passphrase')]);
    run('pk12util', ['-o', path('nss.p12'), '-n', 'signing', ...nss, '-w', path('passphrase')]);
    const identity = await loadPkcs12(readFileSync(path('nss.p12')), passphrase, new Date());
    expect(der('ec').equals(Buffer.from(identity.certificate))).toBe(true);
  });

  it('refuses a wrong passphrase and a changed byte alike', async () => {
    const file = exported('ec', []);
    expect(await codeOf(loadPkcs12(file, `${passphrase}x`, new Date()))).toBe('locked p12.wrong_passphrase');
    const outcomes = new Map<string, number>();
    for (let at = 0; at < file.length; at += 7) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      const code = await codeOf(loadPkcs12(changed, passphrase, new Date()));
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      const cut = await codeOf(loadPkcs12(file.subarray(0, at), passphrase, new Date()));
      expect(cut).toBe('input p12.malformed');
    }
    expect(outcomes.get('no failure')).toBeUndefined();
    expect([...outcomes.keys()].every((code) => /^(input|locked) p12\./.test(code))).toBe(true);
    expect(outcomes.get('locked p12.wrong_passphrase')).toBeGreaterThan(50);
  });

  it('refuses what could not give a valid signature, and says why', async () => {
    const load = (name: Name, flags: readonly string[] = [], now = new Date()) =>
      codeOf(loadPkcs12(exported(name, flags), passphrase, now));
    const later = new Date(Date.now() + 366 * 86_400_000);
    const before = new Date(Date.now() - 86_400_000);
    expect(await load('ec', [], later)).toBe('refused p12.certificate_expired');
    expect(await load('ec', [], before)).toBe('refused p12.certificate_not_yet_valid');
    expect(await load('scramble')).toBe('refused p12.not_for_signing');
    expect(await load('small')).toBe('input p12.key_unsupported');
    expect(await load('ed25519')).toBe('input p12.key_unsupported');
    expect(await load('ec', ['-nomac'])).toBe('input p12.no_integrity');
    expect(await load('ec', ['-iter', '6000000'])).toBe('input p12.too_many_rounds');
    run('openssl', [
      ...['pkcs12', '-export', '-nokeys', '-in', path('ec.pem'), '-out', path('certificates.p12')],
      ...['-passout', `file:${path('passphrase')}`],
    ]);
    const alone = readFileSync(path('certificates.p12'));
    expect(await codeOf(loadPkcs12(alone, passphrase, new Date()))).toBe('input p12.no_key');
  });
});
