import { cosignRotation } from '../trust/rotation.ts';
import type { Handler } from './context.ts';
import { nameOf, privateKeyOf } from './read-signing-keys.ts';
import { readText } from './read-trust.ts';
import { describeRotation } from './trust-rotate-prepare.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Publisher's side: the same rotation, byte for byte, with further signatures. */
export const trustRotateCosign: Handler<'trust.rotateCosign'> = async (context, input) => {
  const text = cosignRotation(
    readText(context.grants.resolve(input.file)),
    nameOf(context, input.file),
    input.keys.map((key) => privateKeyOf(context, key)),
  );
  await writeWholeFile(context.grants.resolve(input.out), text);
  return describeRotation(context, text, input.out);
};
