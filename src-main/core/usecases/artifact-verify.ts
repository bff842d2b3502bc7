import { verifyArtifact } from '../artifact/verify-artifact.ts';
import { artifactTrust } from './artifact-trust.ts';
import type { Handler } from './context.ts';

/** Files on disk against the signature that lies with them. Nothing is stored. */
export const artifactVerify: Handler<'artifact.verify'> = async (context, input, job) =>
  verifyArtifact({
    path: context.grants.resolve(input.path),
    ...(input.signature ? { signaturePath: context.grants.resolve(input.signature) } : {}),
    ignore: input.ignore,
    trust: await artifactTrust(context, input, null),
    now: context.clock.now(),
    job,
  });
