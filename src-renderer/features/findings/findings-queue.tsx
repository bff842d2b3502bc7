/**
 * The review queue: filters, list, detail, and the keys that make a decision take one or two strokes.
 *
 * J and K move, N and P go to the next and previous open finding, A accepts the risk, F marks a false positive, C comments, E
 * copies as evidence, U shows only what is open. With marked rows, a decision concerns all of them.
 */
import { Button, CloseButton, Select, Switch, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCopy } from '@tabler/icons-react';
import { type JSX, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { InputOf } from '../../../src-shared/contract/contract.ts';
import { findingStateLabels, findingStates, severities } from '../../../src-shared/domain/finding.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { useLetterKeys } from '../../api/preferences.ts';
import { severityWord } from '../../ui/badges.tsx';
import { useCursorPages } from '../../ui/cursor-pages.ts';
import {
  ColumnChooser,
  copyRows,
  DataTable,
  type DataTableHandle,
  useColumnView,
  useSelection,
} from '../../ui/data-table.tsx';
import { FacetGroup } from '../../ui/facet-group.tsx';
import { ListDetail } from '../../ui/list-detail.tsx';
import { countOf } from '../../ui/numbers.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import { EmptyNoIssue, EmptyNoMatch, ErrorPanel } from '../../ui/states.tsx';
import { DecideDialog, type Decision, type DecisionRequest } from './decide-dialog.tsx';
import { type FindingRow, findingColumns } from './finding-columns.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { copyFinding } from './finding-evidence.ts';
import classes from './findings.module.css';
import { type FindingsSearch, findingSorts } from './search.ts';

const sortLabels: Readonly<Record<(typeof findingSorts)[number], string>> = {
  severity: 'By severity',
  rule: 'By rule',
  subject: 'By subject',
  newest: 'Newest first',
};

interface FindingsQueueProps {
  readonly search: FindingsSearch;
  readonly onSearch: (patch: Partial<FindingsSearch>) => void;
  /** What was evaluated, for the empty state. */
  readonly checked: string;
}

export function FindingsQueue({ search, onSearch, checked }: FindingsQueueProps): JSX.Element {
  const { q, states, severities: picked, rules, subjectKind, subjectId, assignee, sort, id } = search;
  const input: Omit<InputOf<'findings.list'>, 'cursor' | 'limit'> = {
    search: q,
    states,
    severities: picked,
    rules,
    sort,
    ...(subjectKind === undefined || subjectId === undefined ? {} : { subject: { kind: subjectKind, id: subjectId } }),
    ...(assignee === undefined ? {} : { assignee }),
  };
  const list = useCursorPages('findings.list', input);
  const view = useColumnView('findings', findingColumns);
  const selection = useSelection<FindingRow>();
  const table = useRef<DataTableHandle<FindingRow>>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const [request, setRequest] = useState<DecisionRequest | null>(null);
  const letters = useLetterKeys();
  const current = id ?? list.rowAt(0)?.id;
  const shown = useAssayQuery('findings.show', { id: current ?? 0 }, { enabled: current !== undefined });
  const filtered =
    q !== '' || states.length + picked.length + rules.length > 0 || subjectId !== undefined || assignee !== undefined;
  const onlyOpen = states.length === 1 && states[0] === 'open';
  const facets = list.first?.facets;

  useEffect(() => {
    if (!list.pending) table.current?.focus();
  }, [list.pending]);

  const decide = (state: Decision): void => {
    const ids = selection.size > 0 ? selection.rows.map((row) => row.id) : current === undefined ? [] : [current];
    if (ids.length > 0) setRequest({ ids, state });
  };
  /** On to the next finding. A row that leaves the list by its new state is followed by the one that takes its place. */
  const decided = (state: Decision): void => {
    const bulk = selection.size > 0;
    selection.clear();
    if (bulk) return;
    if (states.length === 0 || states.includes(state)) table.current?.step(1);
    else {
      const rows = list.rows();
      const at = rows.findIndex((row) => row.id === current);
      onSearch({ id: rows[at + 1]?.id ?? rows[at - 1]?.id });
    }
  };
  const seek = (direction: 1 | -1): void => {
    if (!table.current?.seek(direction, (row) => row.state === 'open')) {
      notifications.show({
        message: `No open finding ${direction === 1 ? 'after' : 'before'} this one among those loaded.`,
      });
    }
  };
  const copy = (): void => {
    if (!shown.data) return;
    notifications.show(
      copyFinding(shown.data)
        ? { message: `Copied finding ${shown.data.id} as evidence.` }
        : { message: 'The clipboard refused the copy.', color: 'red' },
    );
  };
  const onlyOpenNow = (): void => onSearch({ states: onlyOpen ? [] : ['open'], id: undefined });
  const keys: Readonly<Record<string, () => void>> = {
    n: () => seek(1),
    p: () => seek(-1),
    a: () => decide('accepted_risk'),
    f: () => decide('false_positive'),
    c: () => comment.current?.focus(),
    e: copy,
    u: onlyOpenNow,
    j: () => table.current?.step(1),
    k: () => table.current?.step(-1),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target, currentTarget } = event;
    // React passes a dialog's keys up here as well: only those of this part of the page count, and never those of a text.
    if (!letters || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof HTMLElement) || !currentTarget.contains(target)) return;
    if (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const values = useMemo(
    () => ({
      states: findingStates.map((value) => ({
        value,
        label: findingStateLabels[value],
        count: facets?.states[value] ?? 0,
      })),
      severities: severities.map((value) => ({
        value,
        label: severityWord(value),
        count: facets?.severities[value] ?? 0,
      })),
      rules: (facets?.rules ?? []).map(({ ruleId, title, count }) => ({
        value: ruleId,
        label: title || ruleId,
        count,
      })),
    }),
    [facets],
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list and of its detail are handled in one place
    <div className={classes['layout']} onKeyDown={onKeyDown}>
      <div className={classes['side']} data-pane>
        <FacetGroup
          label="State"
          values={values.states}
          picked={states}
          onPick={(next) => onSearch({ states: findingStates.filter((one) => next.includes(one)), id: undefined })}
        />
        <FacetGroup
          label="Severity"
          values={values.severities}
          picked={picked}
          onPick={(next) => onSearch({ severities: severities.filter((one) => next.includes(one)), id: undefined })}
        />
        <FacetGroup
          label="Rule"
          values={values.rules}
          picked={rules}
          onPick={(next) => onSearch({ rules: next, id: undefined })}
          limit={12}
        />
      </div>
      <div className={classes['main']}>
        <div className={classes['bar']}>
          <SearchBox
            label="Search findings"
            value={q}
            busy={list.stale}
            onChange={(next) => onSearch({ q: next, id: undefined })}
            onDone={() => table.current?.focus()}
          />
          <Text size="sm" c="dimmed" role="status" style={{ flex: 'none' }}>
            {list.pending ? '' : countOf(list.total, 'finding')}
          </Text>
          <Switch label="Only open" checked={onlyOpen} onChange={onlyOpenNow} />
          <Select
            aria-label="Order"
            w={140}
            allowDeselect={false}
            data={findingSorts.map((value) => ({ value, label: sortLabels[value] }))}
            value={sort}
            onChange={(next) => onSearch({ sort: findingSorts.find((one) => one === next) ?? 'severity' })}
          />
          <ColumnChooser view={view} />
        </div>
        {selection.size > 0 && (
          <section className={classes['selection']} aria-label="Marked findings">
            <span role="status">{countOf(selection.size, 'finding')} marked</span>
            <Button size="compact-sm" onClick={() => decide('accepted_risk')}>
              Decide on all…
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconCopy size={14} aria-hidden />}
              onClick={() => copyRows(view.visible, selection.rows)}
            >
              Copy
            </Button>
            <CloseButton size="sm" ml="auto" aria-label="Unmark all" onClick={selection.clear} />
          </section>
        )}
        {list.error ? (
          <ErrorPanel error={list.error} what="findings.list" onRetry={list.refetch} />
        ) : !list.pending && list.total === 0 ? (
          filtered ? (
            <EmptyNoMatch
              onClear={() =>
                onSearch({
                  q: '',
                  states: [],
                  severities: [],
                  rules: [],
                  subjectKind: undefined,
                  subjectId: undefined,
                  assignee: undefined,
                  id: undefined,
                })
              }
            />
          ) : (
            <EmptyNoIssue checked={checked} />
          )
        ) : (
          <ListDetail
            detailLabel="Finding in detail"
            listShare={56}
            list={
              <DataTable
                label="Findings"
                view={view}
                source={list}
                rowId={(row) => String(row.id)}
                currentId={current === undefined ? undefined : String(current)}
                onCurrent={(row) => onSearch({ id: row.id })}
                selection={selection}
                resetKey={JSON.stringify(input)}
                handle={table}
              />
            }
            detail={
              current !== undefined && (
                <FindingDetail
                  id={current}
                  onDecide={decide}
                  onComment={() => comment.current?.focus()}
                  onCopy={copy}
                  commentBox={comment}
                />
              )
            }
          />
        )}
      </div>
      <DecideDialog request={request} onClose={() => setRequest(null)} onDecided={decided} />
    </div>
  );
}
