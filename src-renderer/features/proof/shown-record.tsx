/** One disclosed record, field by field in the words of the dictionary; the signed line itself can be copied. */
import { Group, Text } from '@mantine/core';
import { type JSX, useMemo } from 'react';
import { z } from 'zod';
import type { ProofVerification } from '../../../src-shared/contract/schemas/disclosure.ts';
import { entityOf, fieldLabel } from '../../../src-shared/domain/dictionary.ts';
import { formatRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { count } from '../../ui/numbers.ts';
import classes from './proof.module.css';

type Shown = ProofVerification['records'][number];

const lineSchema = z.object({ body: z.record(z.string(), z.unknown()) });

export function ShownRecord({ record, opened }: { readonly record: Shown; readonly opened: boolean }): JSX.Element {
  const { ref, index, role, line } = record;
  const fields = useMemo(() => Object.entries(lineSchema.parse(JSON.parse(line)).body), [line]);
  return (
    <details className={classes['record'] ?? ''} open={opened}>
      <summary>
        <KindIcon kind={ref.kind} />
        <span className={classes['ref']}>{formatRef(ref)}</span>
        <Text span size="xs" c="dimmed">
          {entityOf(ref.kind).label}, leaf {count(index)}
          {role === 'neighbour' ? ', stands beside a gap' : ''}
        </Text>
      </summary>
      <dl className={classes['fields'] ?? ''}>
        {fields.map(([field, value]) => (
          <div key={field}>
            <dt title={field}>{fieldLabel(ref.kind, field)}</dt>
            <dd>{shown(value)}</dd>
          </div>
        ))}
      </dl>
      <Group justify="flex-end">
        <CopyButton text={line} label="Copy the signed line" />
      </Group>
    </details>
  );
}

/** In words; the exact bytes are in the line that can be copied. */
function shown(value: unknown): string {
  if (value === null || value === '') return '(blank)';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(shown).join(', ');
  const ref = recordRefSchema.safeParse(value);
  return ref.success ? formatRef(ref.data) : JSON.stringify(value);
}
