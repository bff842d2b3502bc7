/** Columns of a kind, derived from the dictionary: a field that is added there can be shown here. */
import { Text } from '@mantine/core';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, type Field, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { Completeness, FindingCounts, humanWord, LifecycleBadge, TierBadge, VerdictBadge } from '../../ui/badges.tsx';
import { isDigest } from '../../ui/cell-value.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { shortDigest } from '../../ui/hash.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { recordName } from '../../ui/record-name.ts';

export type InventoryRow = OutputOf<'inventory.list'>['rows'][number];

const statusFields = new Set(['lifecycle_status', 'version_status', 'deployment_status', 'monitor_status']);
/** Field columns shown before a person chooses. */
const shownFields = 6;

/** Width in pixels that suits a field's type. */
function widthOf(field: Field): number {
  switch (field.type.kind) {
    case 'bool':
    case 'int':
    case 'decimal':
      return 120;
    case 'date':
      return 124;
    case 'datetime':
      return 176;
    case 'text':
    case 'list':
      return 240;
    default:
      return 164;
  }
}

function FieldValue({
  field,
  value,
}: {
  readonly field: Field;
  readonly value: string | undefined;
}): JSX.Element | string {
  if (value === undefined || value === '') {
    return (
      <Text span c="dimmed" inherit aria-label="no value">
        —
      </Text>
    );
  }
  if (field.name === 'risk_tier') return <TierBadge tier={value} />;
  if (statusFields.has(field.name)) return <LifecycleBadge status={value} />;
  if (isDigest(value)) {
    return (
      <span className="assay-hash" title={value}>
        {shortDigest(value)}
      </span>
    );
  }
  return field.type.kind === 'enum' ? humanWord(value) : value;
}

const fieldColumn = (field: Field, hidden: boolean): DataColumn<InventoryRow> => ({
  id: field.name,
  header: field.label,
  help: field.help,
  width: widthOf(field),
  hidden,
  align: field.type.kind === 'int' || field.type.kind === 'decimal' ? 'end' : 'start',
  cell: (row) => <FieldValue field={field} value={row.values[field.name]} />,
  text: (row) => row.values[field.name] ?? '',
});

/** Interest of a field at first sight: facets and what every record needs, before long text and what is optional. */
const interest = (field: Field): number =>
  (field.facet ? 4 : 0) +
  (field.need === 'core' ? 2 : 0) -
  (field.type.kind === 'text' || field.type.kind === 'list' ? 3 : 0);

/** All columns of a kind: name and health first, then its fields by interest; the later ones start hidden. */
export function inventoryColumns(kind: Kind): readonly DataColumn<InventoryRow>[] {
  const { idField, nameField, fields } = entityOf(kind);
  const rest = fields
    .filter(({ name }) => name !== idField && name !== nameField)
    .map((field, index) => ({ field, index }))
    .sort((a, b) => interest(b.field) - interest(a.field) || a.index - b.index)
    .map(({ field }, index) => fieldColumn(field, index >= shownFields));
  const id: DataColumn<InventoryRow> = {
    id: 'id',
    header: 'ID',
    width: 120,
    sort: 'id',
    hidden: nameField !== idField && kind !== 'model',
    cell: (row) => (
      <span className="assay-hash" title={row.id}>
        {isDigest(row.id) ? shortDigest(row.id) : row.id}
      </span>
    ),
    text: (row) => row.id,
  };
  return [
    {
      id: 'name',
      header: 'Name',
      width: 246,
      grow: true,
      sort: 'name',
      pinned: true,
      cell: (row) => (
        <RecordLink target={{ kind: row.kind, id: row.id }} snapshot={row.snapshot} inGrid>
          {recordName(row.id, row.name)}
        </RecordLink>
      ),
      text: (row) => row.name,
    },
    ...(nameField === idField ? [] : [id]),
    {
      id: 'verdict',
      header: 'Verdict',
      help: 'What the latest reconciliation says about this record',
      width: 196,
      hidden: kind !== 'model' && kind !== 'model_version' && kind !== 'deployment',
      cell: (row) => (row.verdict === null ? <FieldNone /> : <VerdictBadge verdict={row.verdict} />),
      text: (row) => row.verdict ?? '',
    },
    {
      id: 'findings',
      header: 'Open findings',
      help: 'Open findings by severity',
      width: 140,
      sort: 'findings',
      cell: (row) => <FindingCounts counts={row.findings} />,
      text: (row) =>
        Object.entries(row.findings)
          .flatMap(([severity, n]) => (n > 0 ? [`${n} ${severity}`] : []))
          .join(', '),
    },
    {
      id: 'completeness',
      header: 'Complete',
      help: 'Share of core fields that are filled',
      width: 118,
      cell: (row) => <Completeness share={row.completeness} />,
      text: (row) => row.completeness.toFixed(4),
    },
    ...rest,
    {
      id: 'snapshot',
      header: 'Snapshot',
      width: 92,
      align: 'end',
      hidden: true,
      cell: (row) => String(row.snapshot),
      text: (row) => String(row.snapshot),
    },
    {
      id: 'digest',
      header: 'Record digest',
      width: 150,
      hidden: true,
      cell: (row) => (
        <span className="assay-hash" title={row.digest}>
          {shortDigest(row.digest)}
        </span>
      ),
      text: (row) => row.digest,
    },
  ];
}

const FieldNone = (): JSX.Element => (
  <Text span c="dimmed" inherit>
    not reconciled
  </Text>
);
