/** Columns of the findings list. */
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { SeverityBadge, StateBadge } from '../../ui/badges.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { recordName } from '../../ui/record-name.ts';

export type FindingRow = OutputOf<'findings.list'>['rows'][number];

export const findingColumns: readonly DataColumn<FindingRow>[] = [
  {
    id: 'severity',
    header: 'Severity',
    width: 100,
    cell: (row) => <SeverityBadge severity={row.severity} />,
    text: (row) => row.severity,
  },
  { id: 'title', header: 'Finding', width: 160, grow: true, cell: (row) => row.name, text: (row) => row.name },
  {
    id: 'subject',
    header: 'Subject',
    width: 124,
    cell: (row) => recordName(row.subject.id, row.subject.name),
    text: (row) => `${row.subject.kind}/${row.subject.id}`,
  },
  {
    id: 'state',
    header: 'State',
    width: 118,
    cell: (row) => <StateBadge state={row.state} />,
    text: (row) => row.state,
  },
  {
    id: 'message',
    header: 'What was found',
    width: 360,
    hidden: true,
    cell: (row) => row.message,
    text: (row) => row.message,
  },
  { id: 'rule', header: 'Rule', width: 150, hidden: true, cell: (row) => row.ruleId, text: (row) => row.ruleId },
  {
    id: 'assignee',
    header: 'Assigned to',
    width: 140,
    hidden: true,
    cell: (row) => row.assignee ?? '',
    text: (row) => row.assignee ?? '',
  },
  {
    id: 'due',
    header: 'Due',
    width: 110,
    hidden: true,
    cell: (row) => row.dueAt?.slice(0, 10) ?? '',
    text: (row) => row.dueAt ?? '',
  },
  {
    id: 'notes',
    header: 'Notes',
    width: 80,
    align: 'end',
    hidden: true,
    cell: (row) => String(row.annotations),
    text: (row) => String(row.annotations),
  },
  {
    id: 'changed',
    header: 'Changed since review',
    width: 170,
    hidden: true,
    cell: (row) => (row.changedSinceReview ? 'yes' : ''),
    text: (row) => String(row.changedSinceReview),
  },
  {
    id: 'firstSeen',
    header: 'First seen',
    width: 120,
    hidden: true,
    cell: (row) => row.firstSeenAt.slice(0, 10),
    text: (row) => row.firstSeenAt,
  },
  {
    id: 'id',
    header: 'ID',
    width: 76,
    align: 'end',
    hidden: true,
    cell: (row) => String(row.id),
    text: (row) => String(row.id),
  },
];
