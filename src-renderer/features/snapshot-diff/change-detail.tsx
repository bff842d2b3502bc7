/** One changed record: the sentence first, then each field before and after, grouped by meaning. */
import { Group } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, fieldGroupLabels, fieldGroups } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { ChangeBadge } from '../../ui/badges.tsx';
import { CellValue } from '../../ui/cell-value.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { recordName, withShortDigests } from '../../ui/record-name.ts';
import classes from './diff.module.css';

export type DiffRow = OutputOf<'snapshots.diff'>['rows'][number];

interface ChangeDetailProps {
  readonly row: DiffRow;
  readonly from: number;
  readonly to: number;
}

export function ChangeDetail({ row, from, to }: ChangeDetailProps): JSX.Element {
  const ref = { kind: row.kind, id: row.id };
  return (
    <article>
      <Group gap={8}>
        <ChangeBadge change={row.change} />
        <Group gap={5} fz="sm" c="dimmed">
          <KindIcon kind={row.kind} size={15} /> {entityOf(row.kind).label}
        </Group>
        <RecordLink target={ref} snapshot={row.change === 'removed' ? from : to}>
          {recordName(row.id, row.name)}
        </RecordLink>
      </Group>
      <p className={classes['sentence']}>{withShortDigests(row.sentence)}</p>
      {fieldGroups.map((group) => {
        const fields = row.fields.filter((field) => field.group === group);
        if (fields.length === 0) return null;
        return (
          <section key={group}>
            <h3 className={classes['group']}>{fieldGroupLabels[group]}</h3>
            {fields.map((field) => (
              <div key={field.field} className={classes['line']}>
                <span>{field.label}</span>
                <span className={classes['before']}>
                  <CellValue cell={field.before} subject={`${field.label} of ${formatRef(ref)} in snapshot ${from}`} />
                </span>
                <IconArrowNarrowRight size={17} role="img" aria-label="became" />
                <CellValue cell={field.after} subject={`${field.label} of ${formatRef(ref)} in snapshot ${to}`} />
              </div>
            ))}
          </section>
        );
      })}
    </article>
  );
}
