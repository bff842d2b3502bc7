import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { requestDetail, requestProgress } from '../request/request-view.ts';
import { closeRequest, findRequest } from '../store/request-queries.ts';
import type { Handler } from './context.ts';

/** A person closes a request, answered or not; what was missing then is in the log. */
export const requestClose: Handler<'request.close'> = (context, input) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const now = context.clock.now();
  db.transaction(() => {
    const request = findRequest(db, input.id);
    const { requestId } = request.document;
    if (request.closed)
      raise(
        'refused',
        'request.closed',
        `Request ${requestId} was closed on ${request.closed.at}; nothing was changed.`,
        {
          id: requestId,
        },
      );
    const { state, missing } = requestProgress(db, request);
    closeRequest(db, requestId, { at: toInstant(now), by: workspace.user.name, reason: input.reason });
    appendActivity(
      workspace,
      {
        action: 'request.closed',
        summary: `Closed request ${requestId.slice(0, 8)}, which was ${state.replace('_', ' ')}`,
        details: {
          request: requestId,
          state,
          missing: missing.records.length + missing.kinds.length,
          reasonSha256: sha256Hex(input.reason),
        },
      },
      now,
    );
  });
  return requestDetail(db, findRequest(db, input.id), now);
};
