import { findingPage } from '../store/finding-queries.ts';
import type { Handler } from './context.ts';

/** One page of findings with facet counts. */
export const findingsList: Handler<'findings.list'> = (context, input) =>
  findingPage(context.workspace().reader, input);
