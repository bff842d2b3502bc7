/**
 * What a path needs to know of one X.509 certificate (RFC 5280 section 4): node:crypto compares names and checks signatures,
 * @peculiar/x509 reads the extensions that node:crypto does not tell.
 */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  X509Certificate as Extended,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from '@peculiar/x509';

export interface ParsedCertificate {
  readonly x509: X509Certificate;
  /** Names exactly these bytes. */
  readonly fingerprint: string;
  /** Subject in one line; empty in keyless certificates. */
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** basicConstraints cA. */
  readonly isAuthority: boolean;
  /** Most authorities that may stand below it; null: any number. */
  readonly pathLength: number | null;
  /** Null: the extension is absent, which leaves every usage open. */
  readonly keyUsage: number | null;
  /** Object identifiers of extKeyUsage; null: absent. */
  readonly purposes: readonly string[] | null;
  readonly extensions: readonly string[];
  /** Whether the signature on it is over a hash for which no collisions can be made. */
  readonly stronglySigned: boolean;
  /** Why it may stand in no path at all, or null. */
  readonly defect: string | null;
}

/** Extensions that the path builder evaluates, and alternative names, which only name. */
const evaluated = new Set(['2.5.29.15', '2.5.29.17', '2.5.29.18', '2.5.29.19', '2.5.29.37']);
/** Binds whether critical or not (RFC 5280 4.2.1.10), and is not evaluated here. */
const nameConstraints = '2.5.29.30';
const strongHashes: readonly (string | undefined)[] = ['SHA-256', 'SHA-384', 'SHA-512'];

/** Throws for bytes that are not exactly one certificate in DER. */
export function parseCertificate(der: Buffer): ParsedCertificate {
  const x509 = new X509Certificate(der);
  // node:crypto also takes PEM and ignores what follows a certificate: then two readers could see two certificates.
  if (!x509.raw.equals(der)) throw new TypeError('not exactly one certificate in DER');
  const extended = new Extended(Uint8Array.from(der));
  const constraints = extended.getExtension(BasicConstraintsExtension);
  const { name, hash } = extended.signatureAlgorithm as { readonly name: string; readonly hash?: { name: string } };
  return {
    x509,
    fingerprint: x509.fingerprint256,
    subject: oneLine(x509.subject),
    notBefore: extended.notBefore,
    notAfter: extended.notAfter,
    isAuthority: constraints?.ca === true,
    pathLength: constraints?.pathLength ?? null,
    keyUsage: extended.getExtension(KeyUsagesExtension)?.usages ?? null,
    purposes: extended.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? null,
    extensions: extended.extensions.map(({ type }) => type),
    stronglySigned: name === 'Ed25519' || strongHashes.includes(hash?.name),
    defect: defectOf(extended),
  };
}

function defectOf({ extensions }: Extended): string | null {
  const types = extensions.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice !== undefined) return `it has extension ${twice} twice`;
  const unknown = extensions.find(
    ({ type, critical }) => type === nameConstraints || (critical && !evaluated.has(type)),
  );
  return unknown ? `it has a critical extension that is not evaluated here (${unknown.type})` : null;
}

/** Keyless certificates have an empty subject, which Node leaves undefined. */
export const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');

export const maySignData = ({ keyUsage }: ParsedCertificate): boolean =>
  keyUsage === null || (keyUsage & KeyUsageFlags.digitalSignature) !== 0;

export const mayIssue = ({ isAuthority, keyUsage }: ParsedCertificate): boolean =>
  isAuthority && (keyUsage === null || (keyUsage & KeyUsageFlags.keyCertSign) !== 0);

export const codeSigning = '1.3.6.1.5.5.7.3.3';
const anyPurpose = '2.5.29.37.0';

/** Whether its purposes, where it names any, leave room for signing what is not a document, message or connection. */
export const allowsCodeSigning = ({ purposes }: ParsedCertificate): boolean =>
  purposes === null || purposes.includes(codeSigning) || purposes.includes(anyPurpose);
