/** Signing material for the report tests. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { selfIssuedCertificate } from '../../../src-main/core/trust/certificate.ts';

export interface TestSigner {
  readonly privateKey: KeyObject;
  readonly certificate: Uint8Array;
}

export async function testSigner(
  commonName: string,
  from = '2026-01-01T00:00:00Z',
  until = '2031-01-01T00:00:00Z',
): Promise<TestSigner> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await selfIssuedCertificate({
    privateKey,
    commonName,
    notBefore: new Date(from),
    notAfter: new Date(until),
  });
  return { privateKey, certificate };
}
