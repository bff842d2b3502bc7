import { appendActivity } from '../ledger/activity.ts';
import { loadTrustStore } from '../store/trust-queries.ts';
import { formatTrustStore } from '../trust/trust-store.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Writes the trust store to a file, for verifying outside the workspace. It holds public keys only. */
export const trustExport: Handler<'trust.export'> = async (context, input) => {
  const workspace = context.workspace();
  const trust = loadTrustStore(workspace.reader);
  await writeWholeFile(context.grants.resolve(input.file), formatTrustStore(trust));
  if (!workspace.readOnly) {
    appendActivity(
      workspace,
      {
        action: 'trust.exported',
        summary: `Wrote ${trust.keys.length} trusted keys to a file`,
        details: { keys: trust.keys.length },
      },
      context.clock.now(),
    );
  }
  return { keys: trust.keys.length };
};
