import { toInstant } from '../ports.ts';
import { type Rotation, readRotation, writeRotation } from '../trust/rotation.ts';
import type { EngineContext, Handler } from './context.ts';
import { nameOf, privateKeyOf, publicKeyOf } from './read-signing-keys.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Publisher's side: writes a key rotation and signs it with every key that is at hand; others co-sign the file. */
export const trustRotatePrepare: Handler<'trust.rotatePrepare'> = async (context, input) => {
  const rotation: Rotation = {
    schemaVersion: 1,
    registryId: input.registryId,
    serial: input.serial,
    createdAt: toInstant(context.clock.now()),
    addKeys: input.add.map(({ file, label }) => {
      const { keyId, rawBytes } = publicKeyOf(context, file);
      return { hint: keyId, rawBytes, label, validFor: {} };
    }),
    retireKeys: input.retire.map(({ file, lastSequence }) => ({
      hint: publicKeyOf(context, file).keyId,
      lastSequence,
    })),
    threshold: input.threshold,
  };
  const text = writeRotation(
    rotation,
    input.keys.map((key) => privateKeyOf(context, key)),
  );
  await writeWholeFile(context.grants.resolve(input.out), text);
  return describeRotation(context, text, input.out);
};

/** What the file says and whose signature it still lacks. Old keys are known to the reader only, so they are not asked for here. */
export function describeRotation(context: EngineContext, text: string, file: Parameters<typeof nameOf>[1]) {
  const { document, signatures } = readRotation(text, nameOf(context, file));
  const signedBy = signatures.map(({ keyId }) => keyId);
  return {
    registryId: document.registryId,
    serial: document.serial,
    threshold: document.threshold,
    signedBy,
    waitingFor: document.addKeys.map(({ hint }) => hint).filter((hint) => !signedBy.includes(hint)),
  };
}
