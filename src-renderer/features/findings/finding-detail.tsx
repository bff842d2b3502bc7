/** One finding: the sentence first, then what the rule read and where, what asks for it, and what people decided. */
import { Button, Group } from '@mantine/core';
import {
  IconCircleX,
  IconCopy,
  IconMailForward,
  IconMessage,
  IconRefresh,
  IconShieldCheck,
  IconTool,
} from '@tabler/icons-react';
import { type JSX, type Ref, useState } from 'react';
import { isKind } from '../../../src-shared/domain/dictionary.ts';
import type { ReadValue } from '../../../src-shared/domain/finding.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { Cell } from '../../../src-shared/domain/verdict.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { ModeBadge, SeverityBadge, StateBadge, ToneBadge } from '../../ui/badges.tsx';
import { CellValue } from '../../ui/cell-value.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { recordName, withShortDigests } from '../../ui/record-name.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { AskDialog } from '../requests/ask-dialog.tsx';
import { Assignment } from './assignment.tsx';
import type { Decision } from './decide-dialog.tsx';
import classes from './findings.module.css';
import { Thread } from './thread.tsx';

interface FindingDetailProps {
  readonly id: number;
  readonly onDecide: (state: Decision) => void;
  readonly onComment: () => void;
  readonly onCopy: () => void;
  readonly commentBox: Ref<HTMLTextAreaElement>;
}

export function FindingDetail({ id, onDecide, onComment, onCopy, commentBox }: FindingDetailProps): JSX.Element {
  const query = useAssayQuery('findings.show', { id });
  const [asking, setAsking] = useState(false);
  const finding = query.data;
  if (query.error) return <ErrorPanel error={query.error} what="findings.show" onRetry={() => void query.refetch()} />;
  if (!finding) return <Loading label="Loading the finding" />;
  const { subject } = finding;
  const sources = new Map(finding.snapshots.map(({ snapshot, statementSha256 }) => [snapshot, statementSha256]));
  return (
    <article aria-busy={query.isPlaceholderData}>
      <Group gap={8}>
        <SeverityBadge severity={finding.severity} />
        <StateBadge state={finding.state} />
        {finding.changedSinceReview && (
          <ToneBadge
            tone="medium"
            icon={IconRefresh}
            word="Changed since your review"
            title="What the rule read is no longer what it was when somebody decided"
          />
        )}
      </Group>
      <h2 className={classes['title']}>{finding.name}</h2>
      <p className={classes['message']}>{withShortDigests(finding.message)}</p>
      <div className={classes['meta']}>
        <span>
          Subject{' '}
          {isKind(subject.kind) ? (
            <RecordLink target={{ kind: subject.kind, id: subject.id }}>
              {recordName(subject.id, subject.name)}
            </RecordLink>
          ) : (
            subject.name
          )}
        </span>
        <span>
          Finding {finding.id}, first seen{' '}
          <Instant at={finding.firstSeenAt} style="date" clock="This computer's clock" />
        </span>
        <span>
          Rule <span className="assay-hash">{finding.ruleId}</span> of {finding.packId} {finding.packVersion}
        </span>
      </div>
      <div className={classes['actions']}>
        <Button
          size="xs"
          leftSection={<IconShieldCheck size={15} aria-hidden />}
          onClick={() => onDecide('accepted_risk')}
        >
          Accept risk <kbd className={classes['key']}>A</kbd>
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCircleX size={15} aria-hidden />}
          onClick={() => onDecide('false_positive')}
        >
          False positive <kbd className={classes['key']}>F</kbd>
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTool size={15} aria-hidden />}
          onClick={() => onDecide('remediated')}
        >
          Remediated
        </Button>
        <Button size="xs" variant="default" leftSection={<IconMessage size={15} aria-hidden />} onClick={onComment}>
          Comment <kbd className={classes['key']}>C</kbd>
        </Button>
        <Button size="xs" variant="default" leftSection={<IconCopy size={15} aria-hidden />} onClick={() => onCopy()}>
          Evidence <kbd className={classes['key']}>E</kbd>
        </Button>
        {isKind(subject.kind) && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconMailForward size={15} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            Ask the registry…
          </Button>
        )}
        {finding.state !== 'open' && finding.state !== 'closed' && (
          <Button size="xs" variant="subtle" onClick={() => onDecide('open')}>
            Reopen
          </Button>
        )}
      </div>

      <section className={classes['section']}>
        <h3>What the rule read</h3>
        <table className={classes['values']}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {finding.values.map((value) => (
              <tr key={`${value.field} ${value.ref ? formatRef(value.ref) : ''} ${value.locator ?? ''}`}>
                <th scope="row">
                  {value.label}
                  {value.ref && (
                    <small>
                      <RecordLink target={value.ref} />
                    </small>
                  )}
                </th>
                <td>
                  <CellValue
                    cell={cellOf(value, sources)}
                    subject={`${value.label}${value.ref ? ` of ${formatRef(value.ref)}` : ''}`}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>

      <section className={classes['section']}>
        <h3>Expected, and when it fires</h3>
        {finding.expected !== '' && (
          <p className={classes['why']} style={{ margin: 0 }}>
            {finding.expected}
          </p>
        )}
        <p className={classes['rule']}>Fires when: {finding.firesWhen}</p>
      </section>

      {finding.clauses.length > 0 && (
        <section className={classes['section']}>
          <h3>What asks for it</h3>
          {finding.clauses.map((clause) => (
            <div key={clause.id} className={classes['clause']}>
              <span className={classes['clauseText']}>
                <b>{clause.cite}</b> {clause.regime}
                {clause.applies !== '' && <span className={classes['meta']}>applies {clause.applies}</span>}
              </span>
              <ModeBadge mode={clause.mode} />
            </div>
          ))}
        </section>
      )}

      <section className={classes['section']}>
        <h3>Snapshots it rests on</h3>
        {finding.snapshots.map(({ snapshot, statementSha256 }) => (
          <div key={snapshot} className={classes['meta']}>
            Snapshot {snapshot} <Hash value={statementSha256} label="Statement digest" />
          </div>
        ))}
      </section>

      <Assignment key={`assign ${finding.id} ${finding.assignee} ${finding.dueAt}`} finding={finding} />
      <Thread key={`thread ${finding.id}`} finding={finding} box={commentBox} />
      <AskDialog
        asked={
          asking && isKind(subject.kind)
            ? { records: [{ kind: subject.kind, id: subject.id }], findings: [finding.id] }
            : null
        }
        onClose={() => setAsking(false)}
      />
    </article>
  );
}

/** A value that a rule read, with the digest of the snapshot it came from, as a cell. */
function cellOf(value: ReadValue, sources: ReadonlyMap<number, string>): Cell {
  const statementSha256 = value.snapshot === undefined ? undefined : sources.get(value.snapshot);
  return {
    state: value.state,
    value: value.value,
    ...(value.ref === undefined ? {} : { ref: value.ref }),
    ...(value.snapshot === undefined ? {} : { snapshot: value.snapshot }),
    ...(statementSha256 === undefined ? {} : { statementSha256 }),
    ...(value.locator === undefined ? {} : { locator: value.locator }),
  };
}
