/** Matrix D: true bundles at the wrong time or in the wrong place. Each workspace has imported sequence 5 of the registry. */
import { describe, expect, it } from 'vitest';
import { signatureMember } from '../../src-main/core/snapshot/names.ts';
import { buildZip } from '../unit/snapshot/zip-lab.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import {
  contentOf,
  coSignature,
  cosigner,
  type GoodBundle,
  type GoodOptions,
  goodBundle,
  goodRecords,
  publish,
  withSignature,
} from './mutator.ts';
import { expectAccepted, type Trial } from './trial.ts';

const fewerRecords = goodRecords().slice(0, 20);
const other = async (options: GoodOptions): Promise<GoodBundle> => goodBundle({ records: fewerRecords, ...options });
const otherBytes = (options: GoodOptions) => async (): Promise<Buffer> => (await other(options)).bytes;
const atSequence =
  (sequence: string): Case[1] =>
  (good) =>
    publish(good, { payload: (text) => text.replace(/"sequence":\d+/, `"sequence":${sequence}`) });

async function importFifth(trial: Trial): Promise<GoodBundle> {
  const fifth = await goodBundle({ sequence: 5 });
  await expectAccepted(trial, trial.put(fifth.bytes));
  return fifth;
}
const afterFifth = { prepare: importFifth };

const cases: readonly Case[] = [
  ['D1 a lower sequence', otherBytes({ sequence: 3 }), 'continuity.rollback', afterFifth],
  ['D2 the same sequence with other content', otherBytes({ sequence: 5 }), 'continuity.equivocation', afterFifth],
  ['D5 a sequence beyond 2^53', atSequence('9007199254740993'), 'statement.malformed', afterFifth],
  ['D5 a sequence of 1e400', atSequence('1e400'), 'statement.malformed', afterFifth],
  ['D5 a negative sequence', atSequence('-1'), 'statement.malformed', afterFifth],
  ['D5 the last sequence that there is', atSequence('9007199254740991'), 'continuity.fast_forward', afterFifth],
  ['D5 the last sequence, as the first snapshot', atSequence('9007199254740991'), 'continuity.fast_forward'],
  ['D5 a jump of more than a million', atSequence('1000006'), 'continuity.fast_forward', afterFifth],
  [
    'D7 the signature of one bundle over the members of another',
    async (good) =>
      buildZip(withSignature((await other({ sequence: 9 })).members, contentOf(good.members, signatureMember))),
    'content.digest',
    afterFifth,
  ],
  [
    'D7 one shard of another bundle',
    async (good) => {
      const shard = (await other({ sequence: 9 })).members.filter(({ name }) => name === 'records/dataset-0001.ndjson');
      return buildZip([...good.members.filter(({ name }) => name !== shard[0]?.name), ...shard]);
    },
    'content.digest',
    afterFifth,
  ],
  [
    'D7 the co-signature of another bundle',
    async (good) => {
      const own = withSignature(good.members, contentOf(good.members, signatureMember));
      return buildZip([...own, coSignature((await other({ sequence: 10 })).payload, cosigner)]);
    },
    'signature.payload_differs',
    afterFifth,
  ],
  [
    'D8 a bundle of another registry',
    otherBytes({ registry: 'urn:uuid:another' }),
    'signer.out_of_scope',
    { ...afterFifth, conditions: ['wrong_registry'] },
  ],
];

describe('D rollback, freeze and mix', () => {
  const matrix = useMatrix({ sequence: 9 });

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, [
    'D1 a lower sequence',
    'D2 the same sequence with other content',
    'D7 one shard of another bundle',
    'D8 a bundle of another registry',
  ]);

  it('D2 both digests of an equivocation are kept', () =>
    inTrial(matrix, async (trial) => {
      const fifth = await importFifth(trial);
      const rival = await other({ sequence: 5 });
      expect(await trial.import(trial.put(rival.bytes))).toMatchObject({ code: 'continuity.equivocation' });
      const rows = trial.workspace.reader
        .readRaw<[], [string, string]>('SELECT statement_sha256, other_sha256 FROM continuity_event')
        .all();
      expect(rows).toEqual([[rival.statementSha256, fifth.statementSha256]]);
    }));

  it('D3 the same bundle a second time changes nothing', () =>
    inTrial(matrix, async (trial, good) => {
      const first = await expectAccepted(trial, trial.put(good.bytes));
      const count = () => trial.workspace.reader.readRaw<[], [number]>('SELECT count(*) FROM snapshot_record').get();
      const before = count();
      expect(await expectAccepted(trial, trial.put(good.bytes))).toMatchObject({
        outcome: 'already_imported',
        snapshot: first.snapshot,
      });
      expect(count()).toEqual(before);
    }));

  it('D4 a gap is imported, named, and kept as an event', () =>
    inTrial(matrix, async (trial, good) => {
      await importFifth(trial);
      const { warnings } = await expectAccepted(trial, trial.put(good.bytes));
      expect(warnings.join()).toContain('Between sequence 5 and 9');
      expect(conditionsOf(trial)).toEqual(['gap']);
    }));

  it.for<readonly [string, string, string, string, string]>([
    ['D6 an expired snapshot', '"files":', '"expiresAt":"2026-11-23T11:59:00Z","files":', 'freshness.expired', 'stale'],
    ['D9 a snapshot from the future', '"createdAt":"2026', '"createdAt":"2036', 'freshness.future', 'future_dated'],
  ])('%s is imported, stamped and kept as an event', ([, from, to, code, condition]) =>
    inTrial(matrix, async (trial, good) => {
      const bundle = publish(good, { payload: (text) => text.replace(from, to) });
      const { outcome, verification } = await expectAccepted(trial, trial.put(bundle));
      expect(outcome).toBe('imported');
      expect(verification.freshness).toMatchObject({ state: 'warn', code });
      expect(conditionsOf(trial)).toEqual([condition]);
    }),
  );
});

const conditionsOf = ({ workspace }: Trial): string[] =>
  workspace.reader
    .readRaw<[], [string]>('SELECT condition FROM continuity_event ORDER BY event_id')
    .all()
    .map(([condition]) => condition);
