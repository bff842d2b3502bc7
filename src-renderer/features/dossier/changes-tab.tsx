/** What changed in this record between two snapshots: sentence-like lines, grouped by meaning. */
import { Text } from '@mantine/core';
import { IconArrowNarrowRight, IconEqual } from '@tabler/icons-react';
import type { JSX } from 'react';
import { fieldGroupLabels, fieldGroups } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import type { Cell } from '../../../src-shared/domain/verdict.ts';
import { CellValue } from '../../ui/cell-value.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { SnapshotSelect } from '../../ui/snapshot-select.tsx';
import { EmptyNotRun } from '../../ui/states.tsx';
import classes from './dossier.module.css';
import { type Dossier, type Fact, FieldLabel } from './facts-tab.tsx';

interface ChangesTabProps {
  readonly dossier: Dossier;
  readonly compareTo: number | undefined;
  readonly onCompare: (snapshot: number | undefined) => void;
}

type Compared = Fact & { readonly previous: Cell };

const differs = (fact: Fact): fact is Compared =>
  fact.previous !== undefined && (fact.previous.state !== fact.cell.state || fact.previous.value !== fact.cell.value);

export function ChangesTab({ dossier, compareTo, onCompare }: ChangesTabProps): JSX.Element {
  const changed = dossier.facts.filter(differs);
  const held = new Set(dossier.history.map(({ snapshot }) => snapshot));
  return (
    <>
      <SnapshotSelect
        label="Compare with snapshot"
        labelHidden={false}
        none="Choose a snapshot"
        width={420}
        value={compareTo}
        onChange={onCompare}
        only={({ snapshot }) => snapshot !== dossier.snapshot && held.has(snapshot)}
      />
      {compareTo === undefined ? (
        <EmptyNotRun title="Nothing to compare with yet">
          {dossier.history.length > 1
            ? 'Choose one of the other snapshots that hold this record; any pair can be compared, not only neighbours.'
            : 'Only one imported snapshot holds this record.'}
        </EmptyNotRun>
      ) : changed.length === 0 ? (
        <EmptyNotRun title="Nothing changed" icon={<IconEqual size={26} />}>
          All {dossier.facts.length} fields are the same in snapshot {compareTo} and snapshot {dossier.snapshot}.
        </EmptyNotRun>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {countOf(changed.length, 'field')} of {dossier.facts.length} changed from snapshot {compareTo} to snapshot{' '}
            {dossier.snapshot}.
          </Text>
          {fieldGroups.map((group) => {
            const lines = changed.filter((fact) => fact.group === group);
            if (lines.length === 0) return null;
            return (
              <Panel key={group} title={fieldGroupLabels[group]} note={countOf(lines.length, 'change')}>
                {lines.map((fact) => (
                  <div key={fact.field} className={classes['change']}>
                    <FieldLabel kind={dossier.ref.kind} fact={fact} />
                    <span className={classes['before']}>
                      <CellValue cell={fact.previous} subject={`${fact.label} of ${formatRef(dossier.ref)}, before`} />
                    </span>
                    <IconArrowNarrowRight className={classes['arrow']} size={18} role="img" aria-label="became" />
                    <CellValue cell={fact.cell} subject={`${fact.label} of ${formatRef(dossier.ref)}`} />
                  </div>
                ))}
              </Panel>
            );
          })}
        </>
      )}
    </>
  );
}
