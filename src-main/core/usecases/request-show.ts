import { requestDetail } from '../request/request-view.ts';
import { findRequest } from '../store/request-queries.ts';
import type { Handler } from './context.ts';

/** One request: what is asked, what came, what is missing. */
export const requestShow: Handler<'request.show'> = (context, input) => {
  const db = context.workspace().reader;
  return requestDetail(db, findRequest(db, input.id), context.clock.now());
};
