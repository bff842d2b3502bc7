import { formatRef } from '../../../src-shared/domain/record.ts';
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
  const written = await writeProof(context, created, input);
  const names = [...input.records, ...input.absent].map(formatRef);
  appendActivity(
    workspace,
    {
      action: 'proof.exported',
      summary: `Wrote a proof of ${names.length === 1 ? names[0] : `${names.length} records`} of snapshot ${input.snapshot} to a file`,
      details: {
        snapshot: input.snapshot,
        statementSha256: written.statementSha256,
        records: names.slice(0, namedRecords),
        disclosed: written.disclosed,
        sha256: written.sha256,
      },
    },
    context.clock.now(),
  );
  return written;
};
