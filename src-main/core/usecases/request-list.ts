import { requestRow } from '../request/request-view.ts';
import { allRequests } from '../store/request-queries.ts';
import type { Handler } from './context.ts';

/** Every request of the workspace, newest first. */
export const requestList: Handler<'request.list'> = (context) => {
  const db = context.workspace().reader;
  const now = context.clock.now();
  return { requests: allRequests(db).map((request) => requestRow(db, request, now)) };
};
