/** Assay's side of this suite: the command that people type, and its answer. */
import { z } from 'zod';
import { type ArtifactVerification, artifactVerificationSchema } from '../../../src-shared/domain/artifact.ts';
import { assayJson } from '../../support/assay.ts';

export interface ArtifactAnswer extends ArtifactVerification {
  /** 0, or 4 where signer or content is refused. */
  readonly exitCode: number | null;
}

/** `assay artifact verify`. Throws with the whole output where it does not answer, which no vector here should cause. */
export function verifyArtifact(path: string, flags: readonly string[]): ArtifactAnswer {
  const { code, value } = assayJson(['artifact', 'verify', path, ...flags]);
  const answer = z.union([artifactVerificationSchema, z.object({ error: z.unknown() })]).parse(value);
  if ('error' in answer) throw new Error(`artifact verify ${path} ${flags.join(' ')}: ${JSON.stringify(answer.error)}`);
  return { ...answer, exitCode: code };
}

export const withKey = (publicKey: string): string[] => ['--public-key', publicKey];

/** `file`: certificates of the authorities that are accepted. */
export const withAuthority = (file: string): string[] => ['--certificate-chain', file];
