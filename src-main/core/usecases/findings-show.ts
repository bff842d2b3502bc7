import { findingDetail } from '../store/finding-queries.ts';
import type { Handler } from './context.ts';

/** One finding: rule, values read and where they came from, clauses with their mode, thread. */
export const findingsShow: Handler<'findings.show'> = (context, input) =>
  findingDetail(context.workspace().reader, input.id);
