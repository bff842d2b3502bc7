import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentJob } from '../../../src-main/core/ports.ts';
import { openContainer } from '../../../src-main/core/snapshot/read.ts';
import { openVerified, verifySnapshot } from '../../../src-main/core/snapshot/verify.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { now, openWorkshop, packSample, type SampleBundle, type Workshop } from './fixture.ts';
import { buildZip, type LabEntry, membersOf } from './zip-lab.ts';

let workshop: Workshop;
let sample: SampleBundle;
let original: Buffer;
let members: readonly LabEntry[];
beforeAll(async () => {
  workshop = await openWorkshop();
  sample = await packSample(workshop);
  original = await readFile(sample.file);
  members = membersOf(original);
});
afterAll(() => workshop.remove());

let files = 0;
/** `content.digest`, `container.overlap`, …, or `ok` / `ok altered`. */
async function outcomeOf(bytes: Buffer | string): Promise<string> {
  let file = typeof bytes === 'string' ? bytes : '';
  if (typeof bytes !== 'string') {
    files += 1;
    file = workshop.path(`mutant-${files % 8}.zip`);
    await writeFile(file, bytes);
  }
  try {
    const { verification } = await verifySnapshot(file, { trust: sample.trust, now, job: silentJob });
    if (!verification.ok)
      return verification.content.state === 'fail' ? verification.content.code : verification.signer.code;
    expect(verification.statementSha256).toBe(sample.packed.statementSha256);
    return verification.container.state === 'pass' ? 'ok' : 'ok altered';
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    expect(error.failure.kind).toBe('input');
    return error.failure.code;
  }
}
const changed = (name: string, change: Partial<LabEntry>): LabEntry[] =>
  members.map((entry) => (entry.name === name ? { ...entry, ...change } : entry));
/** The same members without the packer's seal, so that the end record is the last that there is. */
const plain = (): Buffer => buildZip(members);
const model = 'records/model-0001.ndjson';
const extra = (entry: Partial<LabEntry>): LabEntry[] => [
  ...members,
  { name: 'evidence/x', content: Buffer.from('x'), ...entry },
];

describe('when the container of a good bundle is rebuilt', () => {
  it('accepts the same members packed by another honest writer, and says that it is another container', async () => {
    expect(await outcomeOf(original)).toBe('ok');
    expect(await outcomeOf(buildZip(members))).toBe('ok altered');
    expect(await outcomeOf(buildZip([...members].reverse()))).toBe('ok altered');
  });

  it.each<[string, () => Buffer, string]>([
    ['A1 a parent path', () => buildZip(extra({ name: '../x' })), 'container.member_name'],
    ['A1 an absolute path', () => buildZip(extra({ name: '/etc/x' })), 'container.member_name'],
    ['A1 a drive letter', () => buildZip(extra({ name: 'C:x' })), 'container.member_name'],
    ['A1 a backslash', () => buildZip(extra({ name: 'evidence\\x' })), 'container.member_name'],
    ['A1 a NUL', () => buildZip(extra({ name: 'evidence/x\0' })), 'container.member_name'],
    [
      'A1 a name that is not UTF-8',
      () => buildZip(extra({ name: Buffer.from([0x65, 0xff]) })),
      'container.member_name',
    ],
    ['A2 a symbolic link', () => buildZip(extra({ mode: 0o120777 })), 'container.member_type'],
    ['A2 a device', () => buildZip(extra({ mode: 0o020666 })), 'container.member_type'],
    [
      'A3 names equal after case folding',
      () => buildZip(extra({ name: model.toUpperCase() })),
      'container.duplicate_member',
    ],
    [
      'A3 a name that is not in normal form C',
      () => buildZip(extra({ name: 'evidence/e\u0301' })),
      'container.member_name',
    ],
    ['A4 a member twice', () => buildZip([...members, ...members.slice(-1)]), 'container.duplicate_member'],
    [
      'A5 another name in the local header',
      () => buildZip(changed(model, { localName: model.replace('model', 'party') })),
      'content.damaged',
    ],
    ['A6 two ends of a directory', () => Buffer.concat([plain(), plain().subarray(-22)]), 'container.ambiguous'],
    ['A7 overlapping members', () => buildZip(changed(model, { offset: 0 })), 'container.overlap'],
    ['A8 a deflate bomb', () => buildZip(extra({ content: Buffer.alloc(32 << 20) })), 'container.member_ratio'],
    ['A8 a member over the limit', () => buildZip(extra({ bytes: (64 << 20) + 1 })), 'container.member_too_large'],
    [
      'A10 a smaller size than the real one',
      () => buildZip(changed('evidence/sample/model.json', { bytes: 3 })),
      'content.digest',
    ],
    [
      'A10 the right size and more data',
      () => buildZip(changed('evidence/sample/raw.bin', { content: Buffer.alloc(9), bytes: 4 })),
      'content.damaged',
    ],
    [
      'A10 the right size and less data',
      () => buildZip(changed('evidence/sample/raw.bin', { content: Buffer.alloc(2), bytes: 4 })),
      'content.damaged',
    ],
    ['A10 a wrong checksum', () => buildZip(changed(model, { crc: 1 })), 'content.damaged'],
    ['A11 the encrypted flag', () => buildZip(changed(model, { flags: 0x0801 })), 'container.member_flags'],
    ['A11 an unknown method', () => buildZip(changed(model, { method: 12 })), 'container.member_method'],
    ['A11 a data descriptor that is not there', () => buildZip(changed(model, { flags: 0x0808 })), 'content.damaged'],
    [
      'A11 a Zip64 locator',
      () =>
        Buffer.concat([
          plain().subarray(0, -22),
          Buffer.from('504b0607', 'hex'),
          Buffer.alloc(16),
          plain().subarray(-22),
        ]),
      'container.zip64',
    ],
    ['A14 a member that is not listed', () => buildZip(extra({})), 'content.unlisted_member'],
    ['A14 a listed member that is missing', () => buildZip(members.slice(0, -1)), 'content.missing_member'],
    [
      'A15 more members than the limit',
      () =>
        buildZip([
          ...members,
          ...Array.from({ length: 4096 }, (_, n) => ({ name: `e/${n}`, content: Buffer.alloc(0) })),
        ]),
      'container.too_many_members',
    ],
    ['A15 a count that lies', () => buildZip(members, { count: members.length + 1 }), 'container.directory_damaged'],
    [
      'bytes after the data of a member',
      () => buildZip(changed(model, { compressed: Buffer.concat([Buffer.from('0300', 'hex'), Buffer.alloc(8)]) })),
      'content.damaged',
    ],
    ['no signature file', () => buildZip(members.slice(1)), 'signature.missing'],
    ['an empty file', () => Buffer.alloc(0), 'container.not_a_zip'],
    ['another kind of file', () => Buffer.alloc(100_000, 'x'), 'container.not_a_zip'],
  ])('refuses %s', async (_name, build, code) => {
    expect(await outcomeOf(build())).toBe(code);
  });

  it.each<[string, () => Buffer]>([
    ['A6 bytes before the members', () => Buffer.concat([Buffer.from('#!/bin/sh\n'), original])],
    ['A6 bytes after the end', () => Buffer.concat([original, Buffer.from('more')])],
    ['A6 a comment', () => buildZip(members, { comment: 'hello' })],
    [
      'entries for folders',
      () => buildZip([{ name: 'records/', content: Buffer.alloc(0), method: 0, mode: 0o040755 }, ...members]),
    ],
  ])('reports %s as altered, content intact', async (_name, build) => {
    expect(await outcomeOf(build())).toBe('ok altered');
  });

  it('names the member in the failure', async () => {
    const file = workshop.path('named.zip');
    await writeFile(file, buildZip(changed(model, { content: Buffer.from('x') })));
    const snapshot = openVerified(file, { trust: sample.trust, now, job: silentJob });
    await expect(snapshot).rejects.toMatchObject({
      failure: { kind: 'trust', code: 'content.digest', details: { file, member: model } },
    });
  });
});

describe('when a ZIP file lies among the evidence', () => {
  // Random bytes do not compress, so that the end record of the inner file stands in the outer one as it is.
  const inner = buildZip([{ name: 'weights.bin', content: randomBytes(40_000) }]);
  let holding: SampleBundle;
  let bytes: Buffer;
  beforeAll(async () => {
    holding = await packSample(workshop, { name: 'holding', evidence: { 'evidence/z/inner.zip': inner } });
    bytes = await readFile(holding.file);
  });
  const outcome = async (mutant: Buffer): Promise<string> => {
    const file = workshop.path('holding-mutant.zip');
    await writeFile(file, mutant);
    try {
      const { verification: v } = await verifySnapshot(file, { trust: holding.trust, now, job: silentJob });
      return v.ok ? `ok ${v.container.code}` : v.content.code;
    } catch (error) {
      if (!(error instanceof AssayError)) throw error;
      return error.failure.code;
    }
  };
  const last = (change: Partial<LabEntry>): Buffer =>
    buildZip(
      membersOf(bytes).map((entry) => (entry.name === 'evidence/z/inner.zip' ? { ...entry, ...change } : entry)),
    );

  it('packs and verifies: the inner end record is content', async () => {
    expect(bytes.includes(inner.subarray(-22))).toBe(true);
    expect(await outcome(bytes)).toBe('ok container.as_packed');
    expect(await outcome(last({ method: 0 }))).toBe('ok container.altered');
  });

  const twin = Buffer.from(inner.subarray(-22));
  it.each<[string, () => Buffer]>([
    ['bytes in front', () => Buffer.concat([Buffer.from('#!'), bytes])],
    ['a byte behind a member', () => last({ after: Buffer.alloc(1) })],
    ['an end record behind a member', () => last({ after: twin })],
    [
      'an end record that begins in a member and ends behind it',
      () => last({ after: Buffer.alloc(16), method: 0, content: Buffer.concat([inner, twin.subarray(0, 6)]) }),
    ],
    ['an extra field in a local header', () => last({ localExtra: Buffer.from('ABCD\0\0') })],
    [
      'an end record in a local header',
      () => last({ localExtra: Buffer.concat([Buffer.from('AB\x16\0', 'latin1'), twin]) }),
    ],
    [
      'an entry for a folder',
      () => buildZip([{ name: 'e/', content: Buffer.alloc(0), method: 0 }, ...membersOf(bytes)]),
    ],
    ['a second end record at the end', () => Buffer.concat([last({}), last({}).subarray(-22)])],
    ['an end record in the comment', () => buildZip(membersOf(bytes), { comment: buildZip([]).toString('latin1') })],
    ['a count that lies', () => buildZip(membersOf(bytes), { count: membersOf(bytes).length - 1 })],
  ])('refuses it with %s, where readers could differ', async (_what, build) => {
    expect(await outcome(build())).toBe('container.ambiguous');
  });

  it('tells every other fault by its own name', async () => {
    expect(await outcome(last({ name: '../x' }))).toBe('container.member_name');
    expect(await outcome(last({ offset: 0 }))).toBe('container.overlap');
    expect(await outcome(last({ crc: 1 }))).toBe('content.damaged');
  });
});

describe('when a good bundle is damaged', () => {
  it('A12 refuses it cut at every byte of its last KiB, and at every 64th before', async () => {
    for (let length = original.length - 1; length > 0; length -= length > original.length - 1024 ? 1 : 64) {
      expect(await outcomeOf(original.subarray(0, length))).toMatch(/^(container|signature)\./);
    }
  });

  it('A13 refuses every changed byte, or the statement is the same and the content agrees with it', async () => {
    const accepted: number[] = [];
    const masks = [0x01, 0x80, 0xff];
    for (let at = 0; at < original.length; at += 1) {
      const mutant = Buffer.from(original);
      mutant[at] = (mutant[at] ?? 0) ^ (masks[at % masks.length] ?? 1);
      if ((await outcomeOf(mutant)) === 'ok') accepted.push(at);
    }
    expect(accepted).toEqual([]);
  }, 120_000);
});

describe('when the path is not an ordinary file', () => {
  it('A18 refuses a folder that is no bundle, a FIFO, a device and a missing file', async () => {
    await mkdir(workshop.path('empty'));
    expect(await outcomeOf(workshop.path('empty'))).toBe('signature.missing');
    execFileSync('mkfifo', [workshop.path('fifo')]);
    expect(await outcomeOf(workshop.path('fifo'))).toBe('container.not_a_file');
    expect(await outcomeOf('/dev/zero')).toBe('container.not_a_file');
    expect(await outcomeOf(workshop.path('absent.zip'))).toBe('container.unreadable');
  });

  it('A2 refuses a link inside an unpacked bundle', async () => {
    execFileSync('unzip', ['-q', sample.file, '-d', workshop.path('linked')]);
    await symlink('/etc/passwd', workshop.path('linked/evidence/link'));
    expect(await outcomeOf(workshop.path('linked'))).toBe('container.member_type');
  });

  it('A17 keeps reading the file that was opened when another takes its name', async () => {
    const file = workshop.path('swapped.zip');
    await writeFile(file, original);
    const snapshot = await openVerified(file, { trust: sample.trust, now, job: silentJob });
    execFileSync('mv', [(await packSample(workshop, { name: 'other' })).file, file]);
    expect((await snapshot.finish()).statementSha256).toBe(sample.packed.statementSha256);
    await snapshot.close();
  });
});

describe('when nobody trusted has signed', () => {
  it('reads no more than 1 MiB, and says that the content was not checked', async () => {
    const evidence = { 'evidence/a/big.bin': randomBytes(2 << 20) };
    const { file } = await packSample(workshop, { name: 'big', evidence });
    const container = await openContainer(file);
    const read = async () => {
      for await (const chunk of container.stream('evidence/a/big.bin')) void chunk;
    };
    await expect(read()).rejects.toMatchObject({ failure: { code: 'container.unverified_too_large' } });
    container.allowAll();
    await expect(read()).resolves.toBeUndefined();
    await container.close();
    const { verification } = await verifySnapshot(file, { trust: sample.trust, now, job: silentJob });
    expect(verification).toMatchObject({
      ok: false,
      content: { state: 'unknown' },
      signer: { code: 'signer.untrusted' },
    });
  });
});
