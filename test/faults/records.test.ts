/** Matrix B: records that no packer writes, truly signed by a trusted publisher. */
import { describe, expect, it } from 'vitest';
import { silentJob } from '../../src-main/core/ports.ts';
import { inventoryList } from '../../src-main/core/usecases/inventory-list.ts';
import { lineageGraph } from '../../src-main/core/usecases/lineage-graph.ts';
import { contract } from '../../src-shared/contract/contract.ts';
import type { RecordBody } from '../../src-shared/domain/record.ts';
import { assay } from '../support/assay.ts';
import { sessionOf } from '../support/session.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import { gibibyteLine, gibibyteLineBehindSmallSize } from './long-lines.ts';
import { noise, now, publish, publishLines, record, recordLines } from './mutator.ts';
import { expectAccepted } from './trial.ts';

const prov = '{"default":{"confidence":"declared","locator":"evidence/registry/export.json#/x"},"source":0}';
const line = (body: string, { id = 'x', provenance = prov } = {}): string =>
  `{"body":${body},"id":"${id}","kind":"model","prov":${provenance}}\n`;

/** A shard of models with exactly these lines. */
const shard =
  (lines: string | Buffer): Case[1] =>
  (good) =>
    publishLines(good, 'model', lines);
const body = (text: string): Case[1] => shard(line(text));
const nested = (depth: number): string => `{"deep":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const bytesInName = (bytes: readonly number[]): Buffer => {
  const [before = '', after = ''] = line('{"model_name":"@"}').split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
};

const cases: readonly Case[] = [
  ['B1 a key twice in the body', body('{"model_name":"a","model_name":"b"}'), 'record.not_canonical'],
  ['B1 a key twice, equal values', body('{"model_name":"a","model_name":"a"}'), 'record.not_canonical'],
  ['B1 a key twice, once escaped', body('{"model_name":"a","model_\\u006eame":"b"}'), 'record.not_canonical'],
  ['B1 a key twice in a nested object', body('{"owner":{"id":"p","id":"q","kind":"party"}}'), 'record.not_canonical'],
  ['B1 an id twice', shard(line('{}').replace('"id":"x"', '"id":"w","id":"x"')), 'record.not_canonical'],
  ['B2 the key __proto__', body('{"__proto__":{"admin":true}}'), 'record.forbidden_key'],
  ['B2 the key __proto__ in a nested object', body('{"a":[{"__proto__":1}]}'), 'record.forbidden_key'],
  ['B2 the key constructor', body('{"constructor":{"prototype":{}}}'), 'record.forbidden_key'],
  ['B2 the key prototype', body('{"prototype":1}'), 'record.forbidden_key'],
  [
    'B2 the key __proto__ in the provenance',
    shard(line('{}', { provenance: prov.replace('"source"', '"fields":{"__proto__":1},"source"') })),
    'record.forbidden_key',
  ],
  ['B3 a whole number beyond 2^53', body('{"n":9007199254740993}'), 'record.number'],
  ['B3 2^53 itself', body('{"n":9007199254740992}'), 'record.number'],
  ['B3 a number beyond the largest double', body('{"n":1e400}'), 'record.number'],
  ['B3 a negative number beyond the largest double', body('{"n":-1e400}'), 'record.number'],
  ['B3 minus zero', body('{"n":-0}'), 'record.not_canonical'],
  ['B3 a number with a needless fraction', body('{"n":1.0}'), 'record.not_canonical'],
  ['B3 a number with more digits than it holds', body('{"n":0.1000000000000000055}'), 'record.not_canonical'],
  ['B3 a number too small to hold', body('{"n":1e-400}'), 'record.not_canonical'],
  ['B3 NaN', body('{"n":NaN}'), 'record.not_json'],
  ['B3 a leading zero', body('{"n":007}'), 'record.not_json'],
  ['B4 half a surrogate pair, escaped', body('{"model_name":"\\ud800"}'), 'record.encoding'],
  ['B4 half a surrogate pair in a key', body('{"\\udc00":1}'), 'record.encoding'],
  ['B4 half a surrogate pair as bytes', shard(bytesInName([0xed, 0xa0, 0x80])), 'record.encoding'],
  ['B4 a byte that is no UTF-8', shard(bytesInName([0xff])), 'record.encoding'],
  ['B4 an overlong NUL', shard(bytesInName([0xc0, 0x80])), 'record.encoding'],
  ['B4 a code point beyond U+10FFFF', shard(bytesInName([0xf4, 0x90, 0x80, 0x80])), 'record.encoding'],
  ['B4 a cut multi-byte character', shard(bytesInName([0xe2, 0x82])), 'record.encoding'],
  ['B4 a byte order mark', shard(`\ufeff${line('{}')}`), 'record.not_canonical'],
  ['B4 UTF-16', shard(Buffer.from(line('{}'), 'utf16le')), 'record.not_canonical'],
  ['B4 an escaped NUL', body('{"model_name":"a\\u0000b"}'), 'record.encoding'],
  ['B4 a raw NUL', shard(bytesInName([0])), 'record.not_json'],
  ['B4 a raw control character', shard(bytesInName([0x1b])), 'record.not_json'],
  ['B6 the same id twice', shard(line('{}') + line('{"a":1}')), 'record.duplicate'],
  ['B6 the same id twice, once escaped', shard(line('{}') + line('{}', { id: '\\u0078' })), 'record.duplicate'],
  ['B7 nesting of 65 levels', body(nested(63)), 'record.too_deep'],
  ['B7 nesting of 100,000 levels', body(nested(100_000)), 'record.too_deep'],
  [
    'B7 nesting of 100,000 levels in the statement',
    (good) =>
      publish(good, {
        payload: (text) => text.replace('"sequence":1', `"deep":${'['.repeat(1e5)}${']'.repeat(1e5)},"sequence":1`),
      }),
    'statement.malformed',
  ],
  ['B8 a line over 1 MiB', body(`{"model_name":"${noise('long', 1 << 20).toString('base64')}"}`), 'record.too_long'],
  ['B8 a line of 48 MiB', body(`{"model_name":"${noise('long', 36 << 20).toString('base64')}"}`), 'record.too_long'],
  ['B8 a line of 1 GiB', (good) => gibibyteLine(good), 'container.member_too_large'],
  ['B8 a line of 1 GiB behind a small size', (good) => gibibyteLineBehindSmallSize(good), 'content.damaged'],
  ['B9 CRLF', shard(line('{}').replace('\n', '\r\n')), 'record.not_canonical'],
  ['B9 a blank line', shard(`${line('{}')}\n`), 'record.blank'],
  ['B9 a blank first line', shard(`\n${line('{}')}`), 'record.blank'],
  ['B9 a line of spaces', shard(`${line('{}')}  \n`), 'record.not_canonical'],
  ['B9 a last line without its newline', shard(line('{}') + line('{}', { id: 'y' }).trimEnd()), 'record.unterminated'],
  [
    'B10 an unknown schema version',
    (good) => publish(good, { payload: (text) => text.replace('"schemaVersion":1', '"schemaVersion":2') }),
    'statement.malformed',
  ],
  [
    'B10 an unknown field of the predicate',
    (good) => publish(good, { payload: (text) => text.replace('"role":', '"aside":1,"role":') }),
    'statement.malformed',
  ],
  [
    'B10 an unknown record kind',
    (good) => publish(good, { content: [{ name: 'records/unicorn-0001.ndjson', content: Buffer.from(line('{}')) }] }),
    'statement.file_list',
  ],
  [
    'B10 a record of another kind than its shard',
    shard(line('{}').replace('"kind":"model"', '"kind":"party"')),
    'record.not_canonical',
  ],
  [
    'B10 an unknown field beside the body',
    shard(line('{}').replace('"id":', '"also":1,"id":')),
    'record.not_canonical',
  ],
  [
    'B10 an unknown field of the provenance',
    shard(line('{}', { provenance: prov.replace('"source"', '"note":1,"source"') })),
    'record.shape',
  ],
  [
    'B10 a provenance that names no source',
    shard(line('{}', { provenance: prov.replace('"source":0', '"source":7') })),
    'record.no_source',
  ],
  ['B10 a body that is a list', shard(line('[]')), 'record.not_canonical'],
  ['B10 an empty id', shard(line('{}', { id: '' })), 'record.shape'],
  ['B10 a value of the wrong type', body('{"model_name":7}'), 'record.wrong_type'],
  ['B10 an id that the body contradicts', body('{"model_id":"another"}'), 'record.wrong_type'],
  ['B12 more records signed than there are', counted('"records":1', '"records":2'), 'content.record_count'],
  ['B12 fewer records signed than there are', counted('"records":1', '"records":0'), 'content.record_count'],
  ['B12 another number of leaves', counted('"leaves":1', '"leaves":2'), 'content.record_count'],
  [
    'B12 another Merkle root',
    (good) => publish(good, { predicate: { merkle: { ...good.statement.predicate.merkle, root: '0'.repeat(64) } } }),
    'content.merkle_root',
  ],
  ['B12 records out of order', shard(line('{}', { id: 'y' }) + line('{}')), 'record.unsorted'],
  ['B12 shards out of order', outOfOrder(), 'statement.shard_order'],
];

function counted(from: string, to: string): Case[1] {
  return (good) =>
    publish(good, {
      content: [{ name: 'records/model-0001.ndjson', content: Buffer.from(line('{}')) }],
      payload: (text) => text.replace(from, to),
    });
}

function outOfOrder(): Case[1] {
  const named = (number: number, id: string) => ({
    name: `records/model-000${number}.ndjson`,
    content: Buffer.from(line('{}', { id })),
  });
  return (good) => publish(good, { content: [named(2, 'a'), named(1, 'b')] });
}

describe('B records', () => {
  const matrix = useMatrix();

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, [
    'B1 a key twice in the body',
    'B4 a byte that is no UTF-8',
    'B7 nesting of 100,000 levels',
    'B12 more records signed than there are',
  ]);

  const imported = (bodies: Readonly<Record<string, RecordBody>>, check: Parameters<typeof inTrial>[1]) =>
    inTrial(matrix, async (trial, good) => {
      const records = Object.entries(bodies).map(([id, fields]) => record('model_version', id, fields));
      const bundle = publishLines(good, 'model_version', recordLines(records));
      expect(await expectAccepted(trial, trial.put(bundle))).toMatchObject({
        outcome: 'imported',
        records: records.length,
      });
      await check(trial, good);
    });

  it('B5 homoglyphs, bidi and zero-width characters are imported as they are and shown escaped', () => {
    const name = 'рaypal \u202e\u200bgpj.exe\u2066';
    return imported({ v: { version_label: name } }, async (trial) => {
      const { context } = sessionOf(trial.workspace, now);
      const input = contract['inventory.list'].input.parse({ kind: 'model_version' });
      expect(JSON.stringify(inventoryList(context, input, silentJob))).toContain(name);
      const shown = assay(['inventory', 'list', '-w', trial.workspace.folder, '--kind', 'model_version', '--no-input']);
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain('\\u202e\\u200bgpj.exe\\u2066');
      expect(shown.stdout).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
    });
  });

  it('B6 ids that differ in Unicode normalisation only are kept apart, and named', () =>
    inTrial(matrix, async (trial, good) => {
      const bundle = publishLines(good, 'model', line('{}', { id: 'cafe\u0301' }) + line('{}', { id: 'caf\u00e9' }));
      const { records, warnings } = await expectAccepted(trial, trial.put(bundle));
      expect(records).toBe(2);
      expect(warnings).toEqual([expect.stringMatching(/model\/caf\u00e9: .* spelling/)]);
    }));

  it('B7 nesting of 64 levels is imported', () =>
    inTrial(matrix, async (trial, good) => {
      const bundle = publishLines(good, 'model', line(nested(62)));
      expect(await expectAccepted(trial, trial.put(bundle))).toMatchObject({ outcome: 'imported' });
    }));

  it('B10 an unknown field of a record is kept and counted', () =>
    inTrial(matrix, async (trial, good) => {
      const bundle = publishLines(good, 'model', line('{"horoscope":"Virgo"}'));
      expect(await expectAccepted(trial, trial.put(bundle))).toMatchObject({ unknownFields: { 'model.horoscope': 1 } });
    }));

  it('B11 a reference to a missing model is imported, and the lineage says that it is missing', () =>
    imported({ v: { model_ref: { kind: 'model', id: 'gone' } } }, async (trial) => {
      expect(JSON.stringify(lineageAround(trial.workspace, 'v'))).toContain('gone');
    }));

  it('B11 a cycle of versions is imported, and the lineage ends', () => {
    const parent = (id: string): RecordBody => ({ parent_version: { kind: 'model_version', id } });
    return imported({ a: parent('b'), b: parent('c'), c: parent('a') }, async (trial) => {
      const graph = lineageAround(trial.workspace, 'a');
      expect(graph.nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c'].map((id) => `model_version/${id}`));
    });
  });
});

function lineageAround(workspace: Parameters<typeof sessionOf>[0], id: string) {
  const input = contract['lineage.graph'].input.parse({ root: { kind: 'model_version', id }, up: 9, down: 9 });
  return contract['lineage.graph'].output.parse(lineageGraph(sessionOf(workspace, now).context, input, silentJob));
}
