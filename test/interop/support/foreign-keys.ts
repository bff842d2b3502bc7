/** Key pairs and a small certificate authority, made by openssl as an organisation without Assay would make them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './tools.ts';

export const curves = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' } as const;
export type Curve = keyof typeof curves;

export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
}

export function makeKey(folder: string, name: string, kind: Curve | 'Ed25519'): KeyFiles {
  const files = { privateKey: join(folder, `${name}.key`), publicKey: join(folder, `${name}.pub`) };
  const algorithm =
    kind === 'Ed25519'
      ? ['-algorithm', 'ed25519']
      : ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curves[kind]}`];
  mustRun('openssl', ['genpkey', ...algorithm, '-out', files.privateKey]);
  mustRun('openssl', ['pkey', '-in', files.privateKey, '-pubout', '-out', files.publicKey]);
  return files;
}

export interface Authority {
  readonly certificate: string;
  readonly key: string;
}

export function makeAuthority(folder: string, name: string): Authority {
  const { privateKey } = makeKey(folder, name, 'P-256');
  const certificate = join(folder, `${name}.pem`);
  mustRun('openssl', [
    ...['req', '-x509', '-new', '-key', privateKey, '-subj', `/CN=${name}`, '-days', '3650', '-out', certificate],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  return { certificate, key: privateKey };
}

/** A code-signing certificate for the key. Returns its file. */
export function issueCertificate(folder: string, name: string, authority: Authority, { privateKey }: KeyFiles): string {
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  const certificate = join(folder, `${name}.pem`);
  writeFileSync(
    extensions,
    ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=codeSigning'].join(
      '\n',
    ),
  );
  mustRun('openssl', ['req', '-new', '-key', privateKey, '-subj', `/CN=${name}/O=Model builders`, '-out', request]);
  mustRun('openssl', [
    ...['x509', '-req', '-in', request, '-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial'],
    ...['-days', '365', '-extfile', extensions, '-out', certificate],
  ]);
  return certificate;
}
