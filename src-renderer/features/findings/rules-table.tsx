/** Every rule of the latest evaluation with its four counts, and for those that could not be evaluated the fields that are missing. */
import { Switch, Text } from '@mantine/core';
import { type JSX, useMemo, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { severities } from '../../../src-shared/domain/finding.ts';
import { humanWord, OutcomeBadge, SeverityBadge } from '../../ui/badges.tsx';
import { ColumnChooser, type DataColumn, DataTable, sourceOf, useColumnView } from '../../ui/data-table.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import { EmptyNoMatch } from '../../ui/states.tsx';
import classes from './findings.module.css';

type Rule = OutputOf<'check.latest'>['rules'][number];

/** What a rule came to as a whole: firing outweighs not being evaluable, which outweighs passing. */
const overall = (rule: Rule): 'fires' | 'cannot_evaluate' | 'pass' | 'not_applicable' =>
  rule.counts.fires > 0
    ? 'fires'
    : rule.counts.cannot_evaluate > 0
      ? 'cannot_evaluate'
      : rule.counts.pass > 0
        ? 'pass'
        : 'not_applicable';

const numberColumn = (id: keyof Rule['counts'], header: string, help: string, width: number): DataColumn<Rule> => ({
  id,
  header,
  help,
  width,
  align: 'end',
  cell: (rule) => (
    <Text span inherit {...(rule.counts[id] === 0 ? { c: 'dimmed' } : { fw: 600 })}>
      {count(rule.counts[id])}
    </Text>
  ),
  text: (rule) => String(rule.counts[id]),
});

const columns: readonly DataColumn<Rule>[] = [
  {
    id: 'title',
    header: 'Rule',
    width: 300,
    grow: true,
    pinned: true,
    cell: (rule) => rule.title,
    text: (rule) => rule.title,
  },
  {
    id: 'result',
    header: 'Result',
    width: 150,
    cell: (rule) => <OutcomeBadge outcome={overall(rule)} />,
    text: overall,
  },
  {
    id: 'severity',
    header: 'Severity',
    width: 108,
    cell: (rule) => <SeverityBadge severity={rule.severity} />,
    text: (rule) => rule.severity,
  },
  numberColumn('fires', 'Fires', 'Records on which the rule fires', 72),
  numberColumn('pass', 'Passes', 'Records on which it was evaluated and does not fire', 80),
  numberColumn(
    'cannot_evaluate',
    'Cannot evaluate',
    'Records on which a field that it reads is supplied by no source',
    128,
  ),
  numberColumn('not_applicable', 'Not applicable', 'Records that the rule does not concern', 118),
  {
    id: 'missing',
    header: 'Missing fields',
    help: 'Fields that no source supplies',
    width: 260,
    cell: (rule) => rule.missing.join(', '),
    text: (rule) => rule.missing.join(' '),
  },
  { id: 'entity', header: 'Looks at', width: 130, cell: (rule) => humanWord(rule.entity), text: (rule) => rule.entity },
  { id: 'ruleId', header: 'ID', width: 160, cell: (rule) => rule.ruleId, text: (rule) => rule.ruleId },
  {
    id: 'firesWhen',
    header: 'Fires when',
    width: 360,
    hidden: true,
    cell: (rule) => rule.firesWhen,
    text: (rule) => rule.firesWhen,
  },
  { id: 'packId', header: 'Pack', width: 160, hidden: true, cell: (rule) => rule.packId, text: (rule) => rule.packId },
];

interface RulesTableProps {
  readonly rules: readonly Rule[];
  readonly onRule: (ruleId: string) => void;
}

export function RulesTable({ rules, onRule }: RulesTableProps): JSX.Element {
  const [search, setSearch] = useState('');
  const [onlyGaps, setOnlyGaps] = useState(false);
  const view = useColumnView('rules', columns);
  const gaps = rules.filter((rule) => rule.counts.cannot_evaluate > 0).length;
  const source = useMemo(() => {
    const wanted = search.toLowerCase();
    const rank = (rule: Rule): number => (rule.counts.fires > 0 ? 0 : rule.counts.cannot_evaluate > 0 ? 1 : 2);
    return sourceOf(
      rules
        .filter((rule) => !onlyGaps || rule.counts.cannot_evaluate > 0)
        .filter((rule) =>
          `${rule.ruleId} ${rule.title} ${rule.missing.join(' ')} ${rule.entity}`.toLowerCase().includes(wanted),
        )
        .toSorted(
          (a, b) =>
            rank(a) - rank(b) ||
            severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
            b.counts.fires - a.counts.fires,
        ),
    );
  }, [rules, search, onlyGaps]);
  return (
    <div className={`${classes['main']} ${classes['rules']}`}>
      <div className={classes['bar']}>
        <SearchBox label="Search rules" value={search} onChange={setSearch} />
        <Text size="sm" c="dimmed" role="status" style={{ flex: 'none' }}>
          {countOf(source.total, 'rule')}
        </Text>
        <Switch
          label={`Only rules that could not be evaluated everywhere (${count(gaps)})`}
          checked={onlyGaps}
          onChange={(event) => setOnlyGaps(event.currentTarget.checked)}
        />
        <ColumnChooser view={view} />
      </div>
      {source.total === 0 ? (
        <EmptyNoMatch
          onClear={() => {
            setSearch('');
            setOnlyGaps(false);
          }}
        />
      ) : (
        <DataTable
          label="Rules; Enter shows their findings"
          view={view}
          source={source}
          rowId={(rule) => rule.ruleId}
          onOpen={(rule) => onRule(rule.ruleId)}
          resetKey={`${search} ${onlyGaps}`}
        />
      )}
    </div>
  );
}
