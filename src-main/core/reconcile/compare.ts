/**
 * The fields of one row, side by side: claim, observation, previous claim; grouped by meaning, each with its provenance.
 *
 * `agrees` looks at all sides that have a value. Whether a pair drifts is decided on claim against observation alone: a
 * registry that changed since the baseline is news, not drift.
 */
import { type FieldGroup, fieldLabel, fieldOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import type { Cell, VerdictField } from '../../../src-shared/domain/verdict.ts';
import { parsedReferencesMatch, parseModelReference } from '../model-reference.ts';
import type { RecordSet, StoredRecord } from '../record-set.ts';
import { foldLabel } from './parties.ts';
import { algorithmOf, cellOf, fold, missingCell, type Statements } from './values.ts';

export interface Sides {
  readonly registry: RecordSet;
  readonly discovery: RecordSet;
  readonly baseline: RecordSet | null;
  readonly statements: Statements;
}

/** Records behind the three columns of a row. */
export interface RowRecords {
  readonly claim: Partial<Record<Kind, StoredRecord>>;
  readonly observed: Partial<Record<Kind, StoredRecord>>;
  readonly previous: Partial<Record<Kind, StoredRecord>>;
}

type How = 'text' | 'label' | 'digest' | 'reference' | 'status' | 'set';

interface Compared {
  /** Name of the row's field; its label and group come from the dictionary. */
  readonly field: string;
  readonly kind: Kind;
  readonly claim: readonly (readonly [Kind, string])[];
  readonly observed: readonly (readonly [Kind, string])[];
  readonly how: How;
  /** A difference between claim and observation here makes the pair drift. */
  readonly drifts: boolean;
}

const same = (kind: Kind, field: string, how: How, drifts = true): Compared => ({
  field,
  kind,
  claim: [[kind, field]],
  observed: [[kind, field]],
  how,
  drifts,
});

export const compared: readonly Compared[] = [
  {
    field: 'owner',
    kind: 'model',
    claim: [['model', 'owner']],
    observed: [['model', 'owner']],
    how: 'text',
    drifts: true,
  },
  {
    field: 'artefact_digest',
    kind: 'model_version',
    claim: [['model_version', 'artefact_digest']],
    observed: [
      ['deployment', 'running_digest'],
      ['model_version', 'artefact_digest'],
    ],
    how: 'digest',
    drifts: false,
  },
  {
    field: 'version_label',
    kind: 'model_version',
    claim: [
      ['model_version', 'version_label'],
      ['deployment', 'declared_version_label'],
    ],
    observed: [
      ['deployment', 'declared_version_label'],
      ['model_version', 'version_label'],
    ],
    how: 'label',
    drifts: true,
  },
  {
    field: 'model_uri',
    kind: 'model_version',
    claim: [
      ['model_version', 'model_uri'],
      ['model_version', 'artefact_uri'],
      ['deployment', 'model_uri'],
    ],
    observed: [
      ['deployment', 'model_uri'],
      ['model_version', 'model_uri'],
    ],
    how: 'reference',
    drifts: true,
  },
  {
    field: 'image_digest',
    kind: 'model_version',
    claim: [
      ['model_version', 'image_digest'],
      ['deployment', 'image_digest'],
    ],
    observed: [
      ['deployment', 'image_digest'],
      ['model_version', 'image_digest'],
    ],
    how: 'digest',
    drifts: true,
  },
  {
    field: 'input_schema_digest',
    kind: 'model_version',
    claim: [['model_version', 'input_schema_digest']],
    observed: [['deployment', 'serving_input_schema_digest']],
    how: 'digest',
    drifts: true,
  },
  {
    field: 'output_schema_digest',
    kind: 'model_version',
    claim: [['model_version', 'output_schema_digest']],
    observed: [['deployment', 'serving_output_schema_digest']],
    how: 'digest',
    drifts: true,
  },
  {
    field: 'version_status',
    kind: 'model_version',
    claim: [['model_version', 'version_status']],
    observed: [],
    how: 'text',
    drifts: false,
  },
  {
    field: 'deployment_status',
    kind: 'deployment',
    claim: [['deployment', 'deployment_status']],
    observed: [['deployment', 'deployment_status']],
    how: 'status',
    drifts: false,
  },
  same('deployment', 'environment', 'text', false),
  same('deployment', 'region', 'text'),
  same('deployment', 'processing_regions', 'set'),
  same('deployment', 'exposure', 'text'),
  same('deployment', 'location_ref', 'text'),
  same('deployment', 'customer_segments', 'set'),
  same('deployment', 'deployment_cost_centre', 'text'),
  same('deployment', 'image_ref', 'text'),
  same('deployment', 'serving_runtime', 'text', false),
];

function equal(how: How, a: string, b: string): boolean | null {
  switch (how) {
    case 'text':
      return fold(a) === fold(b);
    case 'label':
      return foldLabel(a) === foldLabel(b);
    case 'status':
      return a === b || (isRunning(a) && isRunning(b));
    case 'digest': {
      const [x, y] = [fold(a), fold(b)];
      return x.includes(':') && y.includes(':') && algorithmOf(x) === algorithmOf(y) ? x === y : null;
    }
    case 'reference': {
      if (a === b) return true;
      const [left, right] = [parseModelReference(a), parseModelReference(b)];
      if (left === null || right === null) return fold(a) === fold(b) ? true : null;
      if (parsedReferencesMatch(left, right) !== null) return true;
      // A registry address and a copy in a bucket are two spellings that nothing here can tell apart.
      const scheme = (text: string) => text.slice(0, text.indexOf(':'));
      return scheme(left.text) === scheme(right.text) ? false : null;
    }
    case 'set': {
      const list = (text: string) =>
        text
          .replaceAll(/[[\]"]/g, '')
          .split(',')
          .map(fold)
          .sort()
          .join(',');
      return list(a) === list(b);
    }
  }
}

const isRunning = (status: string): boolean => status === 'active' || status === 'canary' || status === 'shadow';

/** First cell with a value; else the first that is at least there, so that an empty field shows as empty. */
function firstCell(
  set: RecordSet | null,
  records: Partial<Record<Kind, StoredRecord>>,
  places: readonly (readonly [Kind, string])[],
  statements: Statements,
): Cell {
  let fallback: Cell = missingCell;
  for (const [kind, field] of places) {
    const cell = cellOf(set, records[kind], field, statements);
    if (cell.state === 'value') return cell;
    if (fallback.state === 'missing') fallback = cell;
  }
  return fallback;
}

export interface Comparison {
  readonly fields: readonly VerdictField[];
  /** Fields on which claim and observation differ and that count as drift. */
  readonly drift: readonly VerdictField[];
}

const groupOrder: readonly FieldGroup[] = ['ownership', 'purpose', 'artifacts', 'data', 'approvals', 'deployment'];

export function compareFields(sides: Sides, records: RowRecords): Comparison {
  const fields: VerdictField[] = [];
  const drift: VerdictField[] = [];
  for (const entry of compared) {
    const claim = firstCell(sides.registry, records.claim, entry.claim, sides.statements);
    const observed = firstCell(sides.discovery, records.observed, entry.observed, sides.statements);
    const previous = firstCell(sides.baseline, records.previous, entry.claim, sides.statements);
    if (
      claim.state !== 'value' &&
      observed.state !== 'value' &&
      observed.state !== 'unreadable' &&
      previous.state !== 'value'
    )
      continue;
    const between = (a: Cell, b: Cell) =>
      a.state === 'value' && b.state === 'value' ? equal(entry.how, a.value, b.value) : null;
    const answers = [between(claim, observed), between(claim, previous), between(observed, previous)].filter(
      (answer) => answer !== null,
    );
    const row: VerdictField = {
      field: entry.field,
      label: fieldLabel(entry.kind, entry.field),
      group: fieldOf(entry.kind, entry.field)?.group ?? 'deployment',
      claim,
      observed,
      previous,
      agrees: answers.length === 0 ? null : answers.every((answer) => answer),
    };
    fields.push(row);
    if (entry.drifts && between(claim, observed) === false) drift.push(row);
  }
  fields.sort((a, b) => groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group));
  return { fields, drift };
}
