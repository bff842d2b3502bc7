import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import { bodyValidator } from '../../../src-shared/domain/validators.ts';

const verdict = (kind: Kind, field: string, value: JsonValue) =>
  bodyValidator(kind)('x', { [field]: value }).problem?.field ?? 'fine';

describe('when a value is checked against the dictionary', () => {
  it.each<[Kind, string, JsonValue[], JsonValue[]]>([
    ['model', 'model_name', ['a', '', null], [1, true, [], {}]],
    ['model', 'risk_tier', ['1', null, ''], ['5', 1, ['1']]],
    [
      'model',
      'inventory_created_at',
      ['2026-02-28', '2024-02-29', null],
      ['2026-02-30', '2026-13-01', '28.02.2026', '2026-02-28T10:00:00Z', 20260228],
    ],
    [
      'model_version',
      'version_created_at',
      ['2026-02-28T10:00:00Z', '2026-02-28T10:00:00.123+02:00'],
      ['2026-02-28', '2026-02-30T10:00:00Z', '2026-02-28 10:00', 1],
    ],
    ['model', 'customer_facing', [true, false, null], ['true', 'yes', 1]],
    ['model_version', 'artefact_size_bytes', [1, 0], ['1', 1.5, 2 ** 60]],
    ['model_version', 'artefact_digest', ['sha256:00ff'], ['00ff', 'sha256:', 'sha256:XY']],
    [
      'model',
      'owner',
      [{ kind: 'party', id: 'p' }],
      [
        'p',
        { kind: 'model', id: 'p' },
        { kind: 'party' },
        { kind: 'party', id: '' },
        { kind: 'party', id: 'p', extra: 1 },
      ],
    ],
    ['model', 'model_aliases', [['a'], []], ['a', [1], [null]]],
    [
      'model_version',
      'training_data_refs',
      [[{ dataset_ref: { kind: 'dataset', id: 'd' }, digest: 'x', role: 'train' }]],
      [[{ digest: 'x' }], [{ dataset_ref: { kind: 'dataset', id: 'd' }, odd: 1 }], ['d']],
    ],
    ['model_version', 'artefact_files', [[{ name: 'a', size: 1 }]], [[{ size: 1 }], [{ name: 'a', size: 'big' }]]],
  ])('%s.%s takes what fits and refuses the rest', (kind, field, good, bad) => {
    for (const value of good) expect(verdict(kind, field, value), JSON.stringify(value)).toBe('fine');
    for (const value of bad) expect(verdict(kind, field, value), JSON.stringify(value)).toBe(field);
  });

  it('keeps and names unknown fields, and insists that a record is called by its own id', () => {
    expect(bodyValidator('model')('x', { model_id: 'x', odd: [1], stranger: null }).unknown).toEqual([
      'odd',
      'stranger',
    ]);
    expect(bodyValidator('model')('x', { model_id: 'y' }).problem?.field).toBe('model_id');
  });
});
