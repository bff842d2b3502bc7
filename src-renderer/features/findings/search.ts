/** Address of the findings queue: its filters, its order, and the finding that is open. */
import { z } from 'zod';
import { findingStateSchema, severitySchema } from '../../../src-shared/domain/finding.ts';
import { listOf, optional, searchText } from '../../ui/search-schema.ts';

export const findingSorts = ['severity', 'rule', 'subject', 'newest'] as const;

export const findingsSearch = z.object({
  q: searchText,
  states: listOf(findingStateSchema),
  severities: listOf(severitySchema),
  rules: listOf(z.string()),
  subjectKind: optional(z.string()),
  subjectId: optional(z.coerce.string()),
  assignee: optional(z.coerce.string()),
  sort: z.enum(findingSorts).default('severity').catch('severity'),
  id: optional(z.int()),
  view: z.enum(['queue', 'rules']).default('queue').catch('queue'),
});
export type FindingsSearch = z.output<typeof findingsSearch>;
