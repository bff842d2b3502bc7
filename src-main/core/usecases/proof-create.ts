import { formatRef } from '../../../src-shared/domain/record.ts';
import { sha256Hex } from '../canonical-json.ts';
import { createProof } from '../disclosure/create-proof.ts';
import { storedSource } from '../disclosure/stored-source.ts';
import { appendActivity } from '../ledger/activity.ts';
import type { Handler } from './context.ts';
import { writeProof } from './write-proof.ts';

/** Names in one activity entry; the digest stands for the rest. */
const namedRecords = 20;

/** A proof from the store, for records of a snapshot that was imported here. That it was handed out is an activity. */
export const proofCreate: Handler<'proof.create'> = async (context, input, job) => {
  const workspace = context.workspace();
  const created = await createProof(storedSource(workspace.reader, input.snapshot, job), input);
  const names = [...input.records, ...input.absent].map(formatRef);
  // Logged first and written inside the transaction: no file without its entry, no entry without its file.
  return workspace.writer.transactionAsync(() => {
    appendActivity(
      workspace,
      {
        action: 'proof.exported',
        summary: `Wrote a proof of ${names.length === 1 ? names[0] : `${names.length} records`} of snapshot ${input.snapshot} to a file`,
        details: {
          snapshot: input.snapshot,
          statementSha256: created.statementSha256,
          records: names.slice(0, namedRecords),
          disclosed: created.proof.leaves.length,
          sha256: sha256Hex(created.bytes),
        },
      },
      context.clock.now(),
    );
    return writeProof(context, created, input);
  });
};
