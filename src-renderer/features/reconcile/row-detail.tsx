/** One verdict: the sentence first, then why, then previous, registry and runtime side by side, grouped by meaning. */
import { Group } from '@mantine/core';
import { IconArrowsDiff, IconEqual, IconMinus } from '@tabler/icons-react';
import type { JSX } from 'react';
import { fieldGroupLabels, fieldGroups } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { type VerdictField, type VerdictRow, verdictLabels } from '../../../src-shared/domain/verdict.ts';
import { SeverityBadge, VerdictBadge } from '../../ui/badges.tsx';
import { CellValue, isDigest } from '../../ui/cell-value.tsx';
import { shortDigest } from '../../ui/hash.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { withShortDigests } from '../../ui/record-name.ts';
import classes from './reconcile.module.css';
import { keyWords } from './summary.tsx';

export function RowDetail({ row }: { readonly row: VerdictRow }): JSX.Element {
  return (
    <article aria-label={verdictLabels[row.verdict]}>
      <Group gap={8}>
        <VerdictBadge verdict={row.verdict} />
        <SeverityBadge severity={row.severity} />
      </Group>
      <p className={classes['sentence']}>{withShortDigests(row.sentence)}</p>
      <div className={classes['facts']}>
        {row.match ? (
          <span title={row.match.value}>
            Matched by <b>{keyWords[row.match.key]}</b>{' '}
            {isDigest(row.match.value) ? shortDigest(row.match.value) : row.match.value}, {row.match.confidence}{' '}
            confidence
          </span>
        ) : (
          <span>No key matched</span>
        )}
        {row.region !== '' && (
          <span>
            Region <b>{row.region}</b>
          </span>
        )}
        {row.segment !== '' && (
          <span>
            Segment <b>{row.segment}</b>
          </span>
        )}
      </div>
      <div className={classes['facts']}>
        {row.model && (
          <span>
            Model <RecordLink target={row.model} />
          </span>
        )}
        {row.claim && (
          <span>
            Registry <RecordLink target={row.claim} />
          </span>
        )}
        {row.observation && (
          <span>
            Runtime <RecordLink target={row.observation} />
          </span>
        )}
        {row.previous && (
          <span>
            Previously <RecordLink target={row.previous} />
          </span>
        )}
      </div>
      {row.missingEvidence.length > 0 && (
        <div className={classes['missing']}>
          <b>What is missing to decide</b>
          <ul>
            {row.missingEvidence.map((missing) => (
              <li key={missing}>{missing}</li>
            ))}
          </ul>
        </div>
      )}
      {row.fields.length > 0 && <Sides row={row} />}
    </article>
  );
}

function Sides({ row }: { readonly row: VerdictRow }): JSX.Element {
  const subject = formatRef(row.model ?? row.claim ?? row.observation ?? { kind: 'model', id: row.title });
  return (
    <table className={classes['sides']}>
      <colgroup>
        <col style={{ width: '18%' }} />
        <col style={{ width: '23.3%' }} />
        <col style={{ width: '23.3%' }} />
        <col style={{ width: '23.3%' }} />
        <col style={{ width: '12%' }} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">
            Previous <small>earlier registry</small>
          </th>
          <th scope="col">
            Registry <small>claimed</small>
          </th>
          <th scope="col">
            Runtime <small>observed</small>
          </th>
          <th scope="col">Agree</th>
        </tr>
      </thead>
      {fieldGroups.map((group) => {
        const fields = row.fields.filter((field) => field.group === group);
        if (fields.length === 0) return null;
        return (
          <tbody key={group}>
            <tr className={classes['group']}>
              <th scope="rowgroup" colSpan={5}>
                {fieldGroupLabels[group]}
              </th>
            </tr>
            {fields.map((field) => (
              <tr key={field.field} className={field.agrees === false ? classes['differs'] : ''}>
                <th scope="row">{field.label}</th>
                <td>
                  <CellValue cell={field.previous} subject={`${field.label} of ${subject}, previously`} />
                </td>
                <td>
                  <CellValue cell={field.claim} subject={`${field.label} of ${subject}, as registered`} />
                </td>
                <td>
                  <CellValue cell={field.observed} subject={`${field.label} of ${subject}, as observed`} />
                </td>
                <td>
                  <Agreement agrees={field.agrees} />
                </td>
              </tr>
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

function Agreement({ agrees }: { readonly agrees: VerdictField['agrees'] }): JSX.Element {
  if (agrees === null) {
    return (
      <span className={classes['mark']} title="Only one side has a value: nothing to compare">
        <IconMinus size={14} aria-hidden /> n/a
      </span>
    );
  }
  return agrees ? (
    <span className={classes['mark']}>
      <IconEqual size={14} aria-hidden /> yes
    </span>
  ) : (
    <span className={`${classes['mark']} ${classes['markBad']}`}>
      <IconArrowsDiff size={14} aria-hidden /> no
    </span>
  );
}
