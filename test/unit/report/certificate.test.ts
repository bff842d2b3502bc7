import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfIssuedCertificate } from '../../../src-main/core/trust/certificate.ts';

const period = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2056-01-01T00:00:00Z') };
const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('when a user’s certificate is issued', () => {
  it('verifies with its own key and names the holder', async () => {
    const { privateKey, publicKey } = keyPair();
    const certificate = new X509Certificate(
      await selfIssuedCertificate({ privateKey, commonName: 'Jana Nováková 監査', ...period }),
    );
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
    expect(certificate.subject).toBe('CN=Jana Nováková 監査');
    expect(certificate.ca).toBe(false);
    expect(certificate.validToDate.toISOString()).toBe('2056-01-01T00:00:00.000Z');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.36', '1.3.6.1.5.5.7.3.4']);
  });

  it('gives the same serial for the same request and another one for another', async () => {
    const { privateKey } = keyPair();
    const serial = async (commonName: string): Promise<string> =>
      new X509Certificate(await selfIssuedCertificate({ privateKey, commonName, ...period })).serialNumber;
    expect(await serial('A')).toBe(await serial('A'));
    expect(await serial('A')).not.toBe(await serial('B'));
    expect(await serial('A')).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it('cuts a name at 64 characters and refuses none, another curve and an empty period', async () => {
    const { privateKey } = keyPair();
    const long = new X509Certificate(
      await selfIssuedCertificate({ privateKey, commonName: 'é'.repeat(80), ...period }),
    );
    expect(long.subject).toBe(`CN=${'é'.repeat(64)}`);
    await expect(selfIssuedCertificate({ privateKey, commonName: ' ', ...period })).rejects.toThrow(TypeError);
    await expect(
      selfIssuedCertificate({ privateKey, commonName: 'A', notBefore: period.notAfter, notAfter: period.notBefore }),
    ).rejects.toThrow(TypeError);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    await expect(selfIssuedCertificate({ privateKey: other, commonName: 'A', ...period })).rejects.toThrow(TypeError);
  });
});
