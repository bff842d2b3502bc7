/** Matrix A: the container around a good bundle, changed by somebody who cannot sign. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src-main/core/store/evidence.ts';
import { buildZip, type LabEntry } from '../unit/snapshot/zip-lab.ts';
import { type Case, inTrial, refuses, refusesByCommand, useMatrix } from './cases.ts';
import { changed, contentOf, type GoodBundle, noise, publish } from './mutator.ts';
import { gnuLongName, paxOverride } from './tar-writer.ts';
import { expectAccepted } from './trial.ts';
import { bombOf, manyEntries, overlappingBomb, zip64Locator } from './zip-bombs.ts';

const model = 'records/model-0001.ndjson';
const raw = 'evidence/registry/raw.bin';

type Build = (good: GoodBundle) => Buffer;
type Change = Partial<LabEntry> | ((good: GoodBundle) => Partial<LabEntry>);
const resolved = (change: Change, good: GoodBundle) => (typeof change === 'function' ? change(good) : change);
const extra =
  (entry: Change): Build =>
  (good) =>
    buildZip([...good.members, { name: 'evidence/x', content: Buffer.from('x'), ...resolved(entry, good) }]);
const change =
  (name: string, entry: Change): Build =>
  (good) =>
    buildZip(changed(good.members, name, resolved(entry, good)));
const rawOf = ({ members }: GoodBundle): Buffer => contentOf(members, raw);
/** So small that two of them end within the bytes that are searched for an end record. */
const small = (good: GoodBundle): Buffer =>
  publish(good, { content: [{ name: 'evidence/one', content: Buffer.from('1') }] });
const descriptor = (signature: string, fields: readonly number[]): Buffer => {
  const words = Buffer.alloc(4 * fields.length);
  for (const [index, field] of fields.entries()) words.writeUInt32LE(field, 4 * index);
  return Buffer.concat([Buffer.from(signature, 'hex'), words]);
};

const names: readonly Case[] = (
  [
    ['a parent path', '../x'],
    ['a parent path inside', 'evidence/../../x'],
    ['an absolute path', '/etc/x'],
    ['a drive letter', 'C:\\x'],
    ['a drive letter without a slash', 'C:x'],
    ['a backslash', 'evidence\\..\\x'],
    ['a UNC path', '\\\\host\\share\\x'],
    ['a NUL', 'evidence/x\0.json'],
    ['a line break', 'evidence/x\ny'],
    ['an empty segment', 'evidence//x'],
    ['a dot segment', './evidence/x'],
    ['an empty name', ''],
    ['a name of 513 bytes', 'e'.repeat(513)],
    ['bytes that are not UTF-8', Buffer.from('evidence/\xff', 'latin1')],
    ['half a surrogate pair', Buffer.from('evidence/\xed\xa0\x80', 'latin1')],
  ] as const
).map(([what, name]) => [`A1 a member name with ${what}`, extra({ name }), 'container.member_name']);

const types: readonly Case[] = (
  [
    ['a symbolic link', 0o120777],
    ['a character device', 0o020666],
    ['a block device', 0o060666],
    ['a FIFO', 0o010644],
    ['a socket', 0o140755],
    ['a folder with content', 0o040755],
  ] as const
).map(([what, mode]) => [`A2 an entry that is ${what}`, extra({ mode }), 'container.member_type']);

const cases: readonly Case[] = [
  ...names,
  ...types,
  ['A3 names equal after case folding', extra({ name: model.toUpperCase() }), 'container.duplicate_member'],
  [
    'A3 names equal after case folding beyond ASCII',
    ({ members }) =>
      buildZip([
        ...members,
        { name: 'evidence/\u00c4', content: Buffer.alloc(1) },
        { name: 'evidence/\u00e4', content: Buffer.alloc(1) },
      ]),
    'container.duplicate_member',
  ],
  ['A3 a name in normal form D', extra({ name: 'evidence/e\u0301' }), 'container.member_name'],
  [
    'A4 a member twice, the same',
    ({ members }) => buildZip([...members, ...members.slice(-1)]),
    'container.duplicate_member',
  ],
  [
    'A4 a member twice, the second with other content',
    extra({ name: model, content: Buffer.from('other') }),
    'container.duplicate_member',
  ],
  ['A4 the signature file twice', extra({ name: 'snapshot.sigstore.json' }), 'container.duplicate_member'],
  ['A5 another name in the local header', change(model, { localName: 'records/party-0009.ndjson' }), 'content.damaged'],
  ['A5 another method in the local header', change(model, { local: { method: 0 } }), 'content.damaged'],
  ['A5 another checksum in the local header', change(model, { local: { crc: 1 } }), 'content.damaged'],
  ['A5 another size in the local header', change(model, { local: { bytes: 1 } }), 'content.damaged'],
  ['A5 another packed size in the local header', change(model, { local: { packedBytes: 1 } }), 'content.damaged'],
  ['A5 other flags in the local header', change(model, { local: { flags: 0 } }), 'content.damaged'],
  [
    'A5 no local header where the directory points',
    ({ bytes }) => {
      const mutant = Buffer.from(bytes);
      mutant.write('XX', 0);
      return mutant;
    },
    'container.header_mismatch',
  ],
  [
    'A6 two ends of the directory',
    ({ members }) => Buffer.concat([buildZip(members), buildZip(members).subarray(-22)]),
    'container.ambiguous',
  ],
  [
    'A6 a whole second bundle behind the first',
    (good) => Buffer.concat([small(good), small(good)]),
    'container.ambiguous',
  ],
  [
    'A6 a second directory hidden in the comment',
    ({ members }) => buildZip(members, { comment: buildZip([]).toString('latin1') }),
    'container.ambiguous',
  ],
  ['A7 a member that lies inside another', change(model, { offset: 0 }), 'container.overlap'],
  ['A7 a bomb of overlapping members (Fifield)', () => overlappingBomb(200), 'container.overlap'],
  ['A8 a deflate bomb of 64 MiB zeros', extra({ content: Buffer.alloc(64 << 20) }), 'container.member_ratio'],
  ['A8 a member of more than 64 MiB', extra({ bytes: (64 << 20) + 1 }), 'container.member_too_large'],
  [
    'A8 a bomb that states a harmless size',
    change(raw, (good) => bombOf(32 << 20, rawOf(good).length)),
    'content.damaged',
  ],
  [
    'A8 a bomb as signature file',
    ({ members }) => buildZip(changed(members, 'snapshot.sigstore.json', { content: Buffer.alloc(1 << 20, 0x20) })),
    'signature.malformed',
  ],
  [
    'A9 an archive that nobody listed',
    extra(({ bytes }) => ({ name: 'evidence/inner.zip', content: bytes })),
    'content.unlisted_member',
  ],
  ['A10 a size smaller than the real one', change(raw, { bytes: 3 }), 'content.digest'],
  ['A10 a size larger than the real one', change(raw, { bytes: 99_999 }), 'content.digest'],
  [
    'A10 the right size and more data',
    change(raw, (good) => ({ content: Buffer.concat([rawOf(good), noise('x', 9)]), bytes: rawOf(good).length })),
    'content.damaged',
  ],
  [
    'A10 the right size and less data',
    change(raw, (good) => ({ content: rawOf(good).subarray(9), bytes: rawOf(good).length })),
    'content.damaged',
  ],
  ['A10 a wrong checksum in both headers', change(raw, { crc: 1 }), 'content.damaged'],
  [
    'A10 other data with a true checksum',
    change(raw, (good) => ({ content: noise('other', rawOf(good).length) })),
    'content.digest',
  ],
  ['A11 a Zip64 locator', ({ members }) => zip64Locator(buildZip(members)), 'container.zip64'],
  ['A11 the encrypted flag', change(model, { flags: 0x0801 }), 'container.member_flags'],
  ['A11 the strong encryption flag', change(model, { flags: 0x0840 }), 'container.member_flags'],
  ['A11 the patch flag', change(model, { flags: 0x0820 }), 'container.member_flags'],
  ['A11 method 12 (bzip2)', change(model, { method: 12 }), 'container.member_method'],
  ['A11 method 99 (AES)', change(model, { method: 99 }), 'container.member_method'],
  ['A11 a data descriptor that is not there', change(model, { flags: 0x0808 }), 'content.damaged'],
  [
    'A11 a data descriptor that lies',
    change(model, { flags: 0x0808, after: descriptor('504b0708', [1, 2, 3]) }),
    'content.damaged',
  ],
  ['A11 data that is not deflate', change(model, { compressed: noise('x', 500) }), 'content.damaged'],
  [
    'A11 bytes behind the end of the deflate data',
    change(model, { compressed: Buffer.concat([Buffer.from('0300', 'hex'), Buffer.alloc(8)]) }),
    'content.damaged',
  ],
  ['A14 a member that is not listed', extra({}), 'content.unlisted_member'],
  ['A14 a shard that is not listed', extra({ name: 'records/model-0002.ndjson' }), 'content.unlisted_member'],
  ['A14 a listed member that is missing', ({ members }) => buildZip(members.slice(0, -1)), 'content.missing_member'],
  [
    'A14 a shard that is missing',
    ({ members }) => buildZip(members.filter(({ name }) => name !== model)),
    'content.missing_member',
  ],
  ['A14 no signature file', ({ members }) => buildZip(members.slice(2)), 'signature.missing'],
  [
    'A15 a million entries, counted in 16 bits',
    () => manyEntries(1_000_000, 1_000_000 % 65_536),
    'container.not_a_zip',
  ],
  ['A15 a million entries behind a small count', () => manyEntries(1_000_000, 10), 'container.not_a_zip'],
  ['A15 a directory of 65,535 entries', () => manyEntries(65_535, 65_535), 'container.not_a_zip'],
  ['A15 9,000 entries in a directory within its limit', () => manyEntries(9_000, 9_000), 'container.too_many_members'],
  ['A15 4,097 members', ({ members }) => manyMembers(members), 'container.too_many_members'],
  [
    'A15 a count that is too small',
    ({ members }) => buildZip(members, { count: members.length - 1 }),
    'container.directory_damaged',
  ],
  [
    'A15 a count that is too large',
    ({ members }) => buildZip(members, { count: members.length + 1 }),
    'container.directory_damaged',
  ],
  ['A16 a tar file with a PAX path and size override', () => paxOverride(), 'container.not_a_zip'],
  ['A16 a tar file with a GNU long name', () => gnuLongName(), 'container.not_a_zip'],
  ['A18 an empty file', () => Buffer.alloc(0), 'container.not_a_zip'],
];

const manyMembers = (members: readonly LabEntry[]): Buffer =>
  buildZip([
    ...members,
    ...Array.from({ length: 4097 - members.length }, (_, n) => ({ name: `e/${n}`, content: Buffer.alloc(0) })),
  ]);

describe('A container', () => {
  const matrix = useMatrix();

  refuses(matrix, cases);
  refusesByCommand(matrix, cases, [
    'A1 a member name with a parent path',
    'A5 another name in the local header',
    'A8 a bomb that states a harmless size',
    'A14 a listed member that is missing',
  ]);

  it('A9 an archive among the evidence is kept as bytes and never opened', () =>
    inTrial(matrix, async (trial, good) => {
      const inner = buildZip([{ name: '../../escaped', content: Buffer.from('x') }]);
      const bundle = publish(good, { content: [{ name: 'evidence/inner.zip', content: inner }] });
      const { snapshot } = await expectAccepted(trial, trial.put(bundle));
      expect(readEvidence(trial.workspace.reader, snapshot ?? 0, 'evidence/inner.zip')?.equals(inner)).toBe(true);
      expect(readdirSync(trial.folder).sort()).toEqual(['files', 'tmp', 'workspace']);
    }));

  it.for<readonly [string, Build]>([
    ['A6 bytes before the members', ({ bytes }) => Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes])],
    ['A6 a whole bundle in front of it', ({ bytes }) => Buffer.concat([bytes, bytes])],
    ['A6 bytes after the end', ({ bytes }) => Buffer.concat([bytes, Buffer.from('more')])],
    ['A6 a comment', ({ members }) => buildZip(members, { comment: 'hello' })],
    [
      'A2 an entry for a folder',
      ({ members }) => buildZip([{ name: 'records/', content: Buffer.alloc(0), method: 0 }, ...members]),
    ],
    ['A5 an extra field in a local header', change(model, { localExtra: Buffer.from('ABCD\0\0') })],
  ])('%s is imported, and reported as altered', ([, build]) =>
    inTrial(matrix, async (trial, good) => {
      const { outcome, verification } = await expectAccepted(trial, trial.put(build(good)));
      expect(outcome).toBe('imported');
      expect(verification).toMatchObject({
        statementSha256: good.statementSha256,
        content: { state: 'pass' },
        container: { state: 'warn', code: 'container.altered' },
      });
    }),
  );
});
