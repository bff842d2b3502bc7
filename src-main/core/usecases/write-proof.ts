/** A proof on its way into a file, and what is told about it. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { CreatedProof } from '../disclosure/create-proof.ts';
import type { Request } from '../disclosure/pick-leaves.ts';
import type { EngineContext } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

export async function writeProof(
  context: EngineContext,
  { bytes, proof, statementSha256 }: CreatedProof,
  { records, out }: Request & { readonly out: Grant },
): Promise<OutputOf<'snapshot.prove'>> {
  await writeWholeFile(context.grants.resolve(out), bytes);
  return {
    statementSha256,
    size: proof.tree.size,
    root: proof.tree.root,
    records: new Set(records.map(({ kind, id }) => `${kind}/${id}`)).size,
    absent: proof.absent.length,
    disclosed: proof.leaves.length,
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
  };
}
