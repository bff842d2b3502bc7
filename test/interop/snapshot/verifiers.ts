/** Independent verifiers of a snapshot's signature, each driven as its own users would drive it, offline and with one key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { PublicKeyDetails, type TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { readPublicKey } from '../../../src-main/core/trust/keys.ts';
import { predicateType as assayPredicate } from '../../../src-shared/domain/snapshot.ts';
import { run, runTool, type ToolRun } from '../support/tools.ts';

export interface Question {
  /** Unpacked snapshot. */
  readonly folder: string;
  /** A signature file, with its whole path. */
  readonly signature: string;
  readonly publicKey: string;
  /** Member whose digest must be the signed one, for tools that look at members. */
  readonly member: string;
  /** What cosign is told to expect; Assay's by default. */
  readonly predicateType?: string;
}

/** `text`: what the tool said. */
export interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

export type ForeignVerifier = (question: Question) => Verdict;

const ranWell = ({ code, text }: ToolRun): Verdict => ({ ok: code === 0, text });

/** The signature and one member. */
export const cosign: ForeignVerifier = ({ folder, signature, publicKey, member, predicateType = assayPredicate }) =>
  ranWell(
    runTool('cosign', [
      ...['verify-blob-attestation', '--key', publicKey, '--bundle', signature, '--type', predicateType],
      ...['--insecure-ignore-tlog', join(folder, member)],
    ]),
  );

/** The signature alone. */
export const securesystemslib: ForeignVerifier = ({ signature, publicKey }) =>
  ranWell(
    runTool('securesystemslib', [
      join(import.meta.dirname, '../support/securesystemslib_dsse.py'),
      'verify',
      signature,
      publicKey,
    ]),
  );

const noAuthorities: TrustedRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  certificateAuthorities: [],
  ctlogs: [],
  timestampAuthorities: [],
};

/** The signature alone. */
export const sigstoreJs: ForeignVerifier = ({ signature, publicKey }) => {
  const { keyId, rawBytes } = readPublicKey(readFileSync(publicKey, 'utf8'));
  const key = {
    rawBytes: Buffer.from(rawBytes, 'base64'),
    keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
    validFor: { start: new Date(0) },
  };
  const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  try {
    const verifier = new Verifier(toTrustMaterial(noAuthorities, { [keyId]: key }), none);
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(readFileSync(signature, 'utf8')))));
    return { ok: true, text: '' };
  } catch (error) {
    return { ok: false, text: String(error) };
  }
};

/** The recipe that an auditor can type: pre-authentication encoding by printf, signature by openssl, members by sha256sum. */
const recipe = `
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
type=$(jq -r .dsseEnvelope.payloadType "$1")
jq -r .dsseEnvelope.payload "$1" | base64 -d > "$work/payload"
jq -r '.dsseEnvelope.signatures[0].sig' "$1" | base64 -d > "$work/sig"
{ printf 'DSSEv1 %d %s %d ' "\${#type}" "$type" "$(wc -c < "$work/payload")"; cat "$work/payload"; } > "$work/pae"
openssl dgst -sha256 -verify "$2" -signature "$work/sig" "$work/pae"
sha256sum < "$work/payload"
cd "$3"
jq -r '.subject[] | "\\(.digest.sha256)  \\(.name)"' "$work/payload" | sha256sum --check --strict --quiet
if [ -e evidence/SHA256SUMS ]; then sha256sum --check --strict --quiet evidence/SHA256SUMS; fi
`;

export const shellRecipe: ForeignVerifier = ({ folder, signature, publicKey }) =>
  ranWell(run('sh', ['-c', recipe, 'verify', signature, publicKey, folder]));
