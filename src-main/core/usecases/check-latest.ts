import { latestCheckRun, ruleResults } from '../store/check-queries.ts';
import type { Handler } from './context.ts';

/** The newest evaluation with its per-rule counts. */
export const checkLatest: Handler<'check.latest'> = (context) => {
  const db = context.workspace().reader;
  const run = latestCheckRun(db);
  return { run, rules: run ? ruleResults(db, run.run) : [] };
};
