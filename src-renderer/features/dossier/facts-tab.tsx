/** Facts of a record, grouped by meaning; each says what it means, what it is and where it came from. */
import { HoverCard, Switch, Text } from '@mantine/core';
import { type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { fieldGroupLabels, fieldGroups, fieldOf } from '../../../src-shared/domain/dictionary.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { CellValue } from '../../ui/cell-value.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import classes from './dossier.module.css';

export type Dossier = OutputOf<'inventory.show'>;
export type Fact = Dossier['facts'][number];

const stated = (fact: Fact): boolean => fact.cell.state === 'value' || fact.cell.state === 'unreadable';

export function FactsTab({ dossier }: { readonly dossier: Dossier }): JSX.Element {
  // A model has nearly two hundred fields: those that nobody states and nobody needs stay away until asked for.
  const [all, setAll] = useState(false);
  const hidden = dossier.facts.filter((fact) => !stated(fact) && fact.need !== 'core').length;
  return (
    <>
      {hidden > 0 && (
        <Switch
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
          label={`Show ${countOf(hidden, 'field')} without a value that not every record needs`}
        />
      )}
      {fieldGroups.map((group) => {
        const facts = dossier.facts.filter((fact) => fact.group === group);
        const shown = facts.filter((fact) => all || stated(fact) || fact.need === 'core');
        if (shown.length === 0) return null;
        const filled = facts.filter(stated).length;
        return (
          <Panel key={group} title={fieldGroupLabels[group]} note={`${filled} of ${facts.length} fields stated`}>
            <dl className={classes['facts']}>
              {shown.map((fact) => (
                <FactLine key={fact.field} dossier={dossier} fact={fact} />
              ))}
            </dl>
          </Panel>
        );
      })}
    </>
  );
}

function FactLine({ dossier, fact }: { readonly dossier: Dossier; readonly fact: Fact }): JSX.Element {
  const type = fieldOf(dossier.ref.kind, fact.field)?.type.kind;
  const onlyRef = fact.refs.length === 1 ? fact.refs[0] : undefined;
  return (
    <>
      <dt id={`fact-${fact.field}`}>
        <FieldLabel kind={dossier.ref.kind} fact={fact} />
        {fact.need === 'core' && !stated(fact) && (
          <span className={classes['need']} title="Every record of this kind needs this field">
            required
          </span>
        )}
      </dt>
      <dd>
        <CellValue
          {...(onlyRef ? { link: onlyRef } : {})}
          cell={fact.cell}
          subject={`${fact.label} of ${formatRef(dossier.ref)}`}
          words={type === 'enum'}
        />
        {fact.refs.length > 1 && (
          <div className={classes['refs']}>
            {fact.refs.map((ref) => (
              <RecordLink key={formatRef(ref)} target={ref} />
            ))}
          </div>
        )}
      </dd>
    </>
  );
}

/** The label opens a card with the field's meaning, its name in files, and the clauses that ask for it. */
export function FieldLabel({
  kind,
  fact,
}: {
  readonly kind: Dossier['ref']['kind'];
  readonly fact: Fact;
}): JSX.Element {
  const field = fieldOf(kind, fact.field);
  return (
    <HoverCard openDelay={250} width={320} shadow="md" position="bottom-start">
      <HoverCard.Target>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the help appears on focus, so focus must reach it. */}
        <span className={classes['label']} tabIndex={0} role="note" aria-label={`${fact.label}: ${fact.help}`}>
          {fact.label}
        </span>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="sm">{fact.help || 'A field that the dictionary does not know; kept as it came.'}</Text>
        <Text size="xs" c="dimmed" mt={6}>
          <span className="assay-hash">
            {kind}.{fact.field}
          </span>
          {field?.clauses && field.clauses.length > 0 ? ` · asked for by ${field.clauses.join(', ')}` : ''}
        </Text>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
