import { describe, expect, it } from 'vitest';
import { judgeContinuity } from '../../../src-main/core/ingest/continuity.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue } from '../../../src-shared/domain/record.ts';
import type { Predicate } from '../../../src-shared/domain/snapshot.ts';
import { bodyValidator } from '../../../src-shared/domain/validators.ts';
import { AssayError } from '../../../src-shared/result.ts';

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

describe('when a snapshot arrives', () => {
  const sha = (character: string) => character.repeat(64);
  const predicate = (sequence: number, previous?: { sequence: number; statementSha256: string }) =>
    // Only what continuity looks at.
    ({ sequence, registry: { id: 'r', name: 'R', uri: '' }, ...(previous ? { previous } : {}) }) as Predicate;
  const known = [{ snapshot: 1, sequence: 5, statementSha256: sha('a'), chain: 'first' as const }];
  const judge = (value: Predicate, digest = sha('b'), historical = false) => {
    try {
      return judgeContinuity(value, digest, known, historical);
    } catch (error) {
      return error instanceof AssayError ? error.failure.code : error;
    }
  };

  it('recognises each way it can relate to what is stored', () => {
    expect(judge(predicate(5), sha('a'))).toEqual({ state: 'already_imported', snapshot: 1 });
    expect(judge(predicate(5))).toBe('continuity.equivocation');
    expect(judge(predicate(4))).toBe('continuity.rollback');
    expect(judge(predicate(4), sha('b'), true)).toMatchObject({ chain: 'historical', comparedTo: null });
    expect(judge(predicate(6, { sequence: 5, statementSha256: sha('a') }))).toMatchObject({
      chain: 'continues',
      comparedTo: 1,
      warnings: [],
    });
    expect(judge(predicate(6, { sequence: 5, statementSha256: sha('c') }))).toMatchObject({ chain: 'fork' });
    expect(judge(predicate(8, { sequence: 7, statementSha256: sha('c') }))).toMatchObject({ chain: 'gap' });
    expect(judge(predicate(6))).toMatchObject({ chain: 'gap' });
    expect(judge(predicate(2 ** 50, { sequence: 5, statementSha256: sha('a') }))).toMatchObject({
      chain: 'continues',
      warnings: [expect.stringMatching(/jumps/)],
    });
    expect(
      judgeContinuity(predicate(9, { sequence: 8, statementSha256: sha('c') }), sha('b'), [], false),
    ).toMatchObject({ chain: 'first', warnings: [expect.any(String)] });
  });
});
