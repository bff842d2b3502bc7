/**
 * The `model.sig` companion of a snapshot: an OpenSSF Model Signing v1.0 signature over the same members by the same key, so
 * that tools which know nothing of snapshots can check an unpacked bundle (snapshot-format.md).
 */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { bundleMediaType, inTotoPayloadType } from '../../../src-shared/domain/snapshot.ts';
import { toJcs } from '../canonical-json.ts';
import { signDsse } from '../trust/dsse.ts';
import { comparePaths, modelRoot } from './aggregates.ts';
import { modelSigningHint } from './artifact-key.ts';
import { modelSigningType } from './statement.ts';

export interface ModelToSign {
  /** Informative: what the signer called the model. */
  readonly name: string;
  /** hex SHA-256 by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths that verifiers leave out. */
  readonly ignored: readonly string[];
}

/** The signature file as bytes. ECDSA P-256 keys only: publisher keys are nothing else. */
export function signModel({ name, files, ignored }: ModelToSign, privateKey: KeyObject): Buffer {
  const payload = Buffer.from(
    toJcs({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name, digest: { sha256: modelRoot(files).replace('sha256:', '') } }],
      predicateType: modelSigningType,
      predicate: {
        serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: ignored },
        resources: [...files]
          .sort(([a], [b]) => comparePaths(a, b))
          .map(([file, digest]) => ({ name: file, algorithm: 'sha256', digest })),
      },
    }),
  );
  const bundle = {
    mediaType: bundleMediaType,
    verificationMaterial: { publicKey: { hint: modelSigningHint(createPublicKey(privateKey)) }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: inTotoPayloadType,
      signatures: [{ sig: signDsse(inTotoPayloadType, payload, privateKey).toString('base64'), keyid: '' }],
    },
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}
