/** `records.lint`: records against the dictionary and the mandatory-field template, before they are registered. */
import { lintRecords } from '../lint/lint.ts';
import type { Handler } from './context.ts';

export const recordsLint: Handler<'records.lint'> = (context, input, job) =>
  lintRecords(context.grants.resolve(input.path), input.limit, job);
