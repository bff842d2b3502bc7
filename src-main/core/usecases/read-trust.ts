/** Whom a verification believes: the open workspace's trust store, or a trust file that a person named. */
import { basename } from 'node:path';
import type { TrustSource } from '../../../src-shared/contract/schemas/trust.ts';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { bareFingerprint } from '../../../src-shared/domain/fingerprint.ts';
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { toInstant } from '../ports.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { maxTrustFileBytes, readTrustFile, type SignedTrust } from '../trust/trust-file.ts';
import { confirmedUntil } from '../trust/trust-store.ts';
import type { EngineContext } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

export interface NamedTrust {
  readonly trust: TrustStore;
  readonly source: TrustSource;
}

export interface TrustInput {
  readonly trust?: Grant | undefined;
  /** Fingerprint of who must have signed the file. */
  readonly issuer?: string | undefined;
}

/** Raises `usage` / `verify.no_trust`, and what reading a trust file raises. */
export function namedTrust(context: EngineContext, { trust: grant, issuer }: TrustInput): NamedTrust {
  if (grant === undefined) {
    if (issuer !== undefined)
      raise('usage', 'verify.issuer_without_file', 'An issuer is named for a trust file; give the file with --trust.');
    return workspaceTrust(context);
  }
  const path = context.grants.resolve(grant);
  const file = basename(path);
  const { trust, signed } = readTrustFile(readText(path), file);
  if (signed) {
    const keys = confirmedUntil(trust.keys, signed.document.issuedAt, toInstant(context.clock.now()));
    return { trust: { ...trust, keys: [...keys] }, source: signedSource(signed, file, issuer) };
  }
  if (issuer !== undefined) {
    raise(
      'trust',
      'trust.unsigned',
      `${file} carries no signature, so it cannot come from the issuer that was named; nothing was verified by it.`,
      { file },
    );
  }
  return { trust, source: { kind: 'unsigned_file', issuer: null, serial: null, text: unsignedText(file) } };
}

export const readText = (path: string): string =>
  Buffer.from(readBoundedFile(path, 'trust', maxTrustFileBytes)).toString('utf8');

/** Raises `trust` / `trust.issuer_mismatch` when somebody else signed the file. */
export function requireIssuer({ issuer }: SignedTrust, file: string, expected: string): void {
  if (bareFingerprint(expected) === bareFingerprint(issuer.fingerprint)) return;
  raise(
    'trust',
    'trust.issuer_mismatch',
    `${file} is signed by "${issuer.name}" with the fingerprint ${issuer.fingerprint}, not the one that was given; it was not used.`,
    { file, fingerprint: issuer.fingerprint },
  );
}

export function signedSource(signed: SignedTrust, file: string, expected: string | undefined): TrustSource {
  if (expected !== undefined) requireIssuer(signed, file, expected);
  const { issuer, document } = signed;
  const whose = expected === undefined ? 'compare its fingerprint' : 'its fingerprint is the one given';
  return {
    kind: 'signed_file',
    issuer,
    serial: document.serial,
    text: `Judged by the trust file ${file}, number ${document.serial}, signed by "${issuer.name}" at ${document.issuedAt}; ${whose}: ${issuer.fingerprint}.`,
  };
}

const unsignedText = (file: string): string =>
  `Judged by the trust file ${file}, which is unsigned: whoever can write to it decides whom it trusts.`;

function workspaceTrust(context: EngineContext): NamedTrust {
  if (!context.hasWorkspace)
    return raise('usage', 'verify.no_trust', 'Name whom to trust: a workspace (-w) or a trust store file (--trust).');
  const workspace = context.workspace();
  return {
    trust: loadTrustStore(workspace.reader),
    source: {
      kind: 'workspace',
      issuer: null,
      serial: null,
      text: `Judged by the keys pinned in the workspace "${workspace.name}".`,
    },
  };
}
