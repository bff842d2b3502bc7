/** Files against what a record says about them: per file, as one digest for all, weakly, or not at all. */
import { createHash } from 'node:crypto';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recordedEvidence } from '../../../src-main/core/artifact/recorded.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { RecordBody } from '../../../src-shared/domain/record.ts';
import {
  envelopeOf,
  makeFolder,
  modelPayload,
  nobody,
  publisher,
  put,
  removeFolders,
  sha256,
  stateOf,
  trustKey,
  verify,
} from './workbench.ts';

afterAll(removeFolders);

const against = (path: string, body: RecordBody, kind: Kind = 'model_version', trust = nobody) =>
  verify(path, trust, {
    record: {
      evidence: recordedEvidence(kind, body),
      snapshot: 3,
      takenAt: '2026-11-20T08:00:00Z',
      signer: 'Registry',
    },
  });
const digest = (text: string, algorithm = 'sha256') =>
  `${algorithm}:${createHash(algorithm).update(text).digest('hex')}`;

describe('one digest', () => {
  it.each(['sha256', 'sha384', 'sha512'])('%s of one file, given alone or in its folder', async (algorithm) => {
    const folder = makeFolder({ 'data.csv': 'rows' });
    for (const path of [folder, join(folder, 'data.csv')]) {
      const result = await against(path, { dataset_digest: digest('rows', algorithm) }, 'dataset');
      expect(result).toMatchObject({
        ok: true,
        basis: 'recorded',
        signer: { state: 'pass', code: 'signer.snapshot' },
        time: { state: 'unknown' },
        counts: { expected: 1, same: 1 },
      });
      expect(result.content.text).toContain('1 of 1 file');
      expect(await against(path, { dataset_digest: digest('other', algorithm) }, 'dataset')).toMatchObject({
        ok: false,
        content: { state: 'fail', code: 'recorded.differs' },
        counts: { changed: 1 },
      });
    }
  });

  it('of a folder: any rule in use proves it, none proves nothing and prints the digests', async () => {
    const files = { 'a.csv': 'a', 'sub/b.csv': 'b' };
    const folder = makeFolder(files);
    const lines = `${sha256('a')}  a.csv\n${sha256('b')}  sub/b.csv\n`;
    const prefixed = `sha256:${sha256('a')}  a.csv\nsha256:${sha256('b')}  sub/b.csv\n`;
    const root = sha256(Buffer.concat([sha256('a'), sha256('b')].map((hex) => Buffer.from(hex, 'hex'))));
    for (const hex of [sha256(lines), sha256(prefixed), root]) {
      const result = await against(folder, { dataset_digest: `sha256:${hex}` }, 'dataset');
      expect(result).toMatchObject({ ok: true, counts: { expected: 2, same: 2 } });
    }
    const unknown = await against(folder, { dataset_digest: digest('tarball') }, 'dataset');
    expect(unknown).toMatchObject({ ok: false, content: { state: 'unknown', code: 'recorded.rule_unknown' } });
    expect(unknown.aggregates.map((one) => one.digest)).toEqual(
      [root, sha256(lines), sha256(prefixed)].map((hex) => `sha256:${hex}`),
    );
    expect(unknown.counts).toMatchObject({ undetermined: 2, same: 0 });
  });

  it('of one file among several says nothing about the others', async () => {
    const folder = makeFolder({ 'a.csv': 'a', 'poison.csv': 'p' });
    expect(await against(folder, { dataset_digest: digest('a') }, 'dataset')).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.one_of_several' },
    });
  });

  it('weak: a match cannot be determined, a difference is a change', async () => {
    const folder = makeFolder({ 'a.csv': 'a' });
    for (const algorithm of ['md5', 'sha1']) {
      const match = await against(folder, { dataset_digest: digest('a', algorithm) }, 'dataset');
      expect(match).toMatchObject({ ok: false, content: { state: 'unknown', code: 'recorded.weak' } });
      const other = await against(folder, { dataset_digest: digest('b', algorithm) }, 'dataset');
      expect(other).toMatchObject({ ok: false, content: { state: 'fail' }, counts: { changed: 1 } });
    }
  });

  it.each(['blake3:00', 'crc32:abcd', 'sha256:abcd', 'deadbeef'])('%s cannot be determined', async (text) => {
    expect(await against(makeFolder({ a: 'a' }), { dataset_digest: text }, 'dataset')).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.unusable' },
    });
  });

  it('none: nobody vouches, and the digests are printed', async () => {
    const result = await against(makeFolder({ a: 'a' }), {}, 'dataset');
    expect(result).toMatchObject({
      ok: false,
      content: { code: 'recorded.none' },
      signer: { state: 'unknown', code: 'signer.nobody' },
      aggregates: [{ digest: digest('a') }],
    });
  });

  it('cannot be determined with a link or something unreadable in the folder, and fails for an empty one', async () => {
    const folder = makeFolder({ a: 'a' });
    symlinkSync('/etc/hostname', join(folder, 'link'));
    expect(await against(folder, { dataset_digest: digest('a') }, 'dataset')).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.unreadable' },
    });
    expect(await against(makeFolder(), { dataset_digest: digest('a') }, 'dataset')).toMatchObject({
      ok: false,
      content: { state: 'fail', code: 'recorded.removed' },
    });
  });
});

describe('a digest for each file', () => {
  const body = {
    artefact_files: [
      { name: 'model.xml', digest: digest('xml', 'sha384'), size: 3 },
      { name: 'weights/model.bin', digest: digest('bin', 'sha256') },
    ],
  };
  const files = { 'model.xml': 'xml', 'weights/model.bin': 'bin' };

  it('passes with its denominator, and fails for each kind of change', async () => {
    const good = await against(makeFolder(files), body);
    expect(good).toMatchObject({ ok: true, counts: { expected: 2, same: 2 } });
    expect(good.content.text).toContain('2 of 2 recorded files');
    expect(await against(makeFolder({ ...files, 'model.xml': 'XML' }), body)).toMatchObject({
      ok: false,
      counts: { changed: 1 },
    });
    expect(await against(makeFolder({ ...files, extra: 'x' }), body)).toMatchObject({
      ok: false,
      counts: { added: 1 },
    });
    const removed = makeFolder(files);
    rmSync(join(removed, 'model.xml'));
    expect(await against(removed, body)).toMatchObject({
      ok: false,
      content: { state: 'fail' },
      counts: { removed: 1 },
    });
  });

  it('a wrong size is a change whatever the digest proves', async () => {
    const weak = { artefact_files: [{ name: 'a', size: 5, digest: digest('a', 'md5') }] };
    expect(await against(makeFolder({ a: 'a' }), weak)).toMatchObject({ ok: false, counts: { changed: 1 } });
    const undetermined = { artefact_files: [{ name: 'a', size: 1, digest: digest('a', 'md5') }, { name: 'b' }] };
    const result = await against(makeFolder({ a: 'a', b: 'b' }), undetermined);
    expect(result).toMatchObject({ ok: false, content: { state: 'unknown' }, counts: { undetermined: 2 } });
  });

  it('names that lie nowhere here are another folder, not a loss', async () => {
    expect(await against(makeFolder({ 'layer.tar': 'x' }), body)).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.other_files' },
    });
  });

  it('one of them given alone is found by the last part of its name', async () => {
    const folder = makeFolder({ 'model.bin': 'bin', 'other.bin': 'bin' });
    const part = await against(join(folder, 'model.bin'), body);
    expect(part).toMatchObject({
      ok: false,
      content: { state: 'unknown', code: 'recorded.partial' },
      counts: { expected: 2, same: 1 },
    });
    expect(part.content.text).toContain('1 of 2 recorded files not looked at');
    put(join(folder, 'model.bin'), 'BIN');
    expect(await against(join(folder, 'model.bin'), body)).toMatchObject({ ok: false, content: { state: 'fail' } });
    expect(await against(join(folder, 'other.bin'), body)).toMatchObject({ ok: false, content: { state: 'unknown' } });
    const aggregate = { ...body, artefact_digest: digest('all') };
    expect(await against(join(folder, 'other.bin'), aggregate)).toMatchObject({
      ok: false,
      content: { state: 'unknown' },
    });
  });
});

describe('together with a signature', () => {
  const payload = modelPayload([{ name: 'model.bin', digest: sha256('bin') }]);
  const signed = (): string => {
    const folder = makeFolder({ 'model.bin': 'bin' });
    put(join(folder, 'model.sig'), JSON.stringify(envelopeOf({ payload })));
    return folder;
  };
  const trust = trustKey(publisher.publicKey);

  it('both are asked, and a record that says otherwise is not overruled', async () => {
    const body = { artefact_digest: digest('bin') };
    expect(await against(signed(), body, 'model_version', trust)).toMatchObject({
      ok: true,
      basis: 'model_signing',
      content: { state: 'pass' },
      recorded: { state: 'pass' },
    });
    expect(await against(signed(), { artefact_digest: digest('x') }, 'model_version', trust)).toMatchObject({
      ok: false,
      content: { state: 'pass' },
      recorded: { state: 'fail' },
    });
    for (const other of [{}, { artefact_files: [{ name: 'other.bin', digest: digest('bin') }] }])
      expect(await against(signed(), other, 'model_version', trust)).toMatchObject({
        ok: false,
        content: { state: 'pass' },
        recorded: { state: 'unknown' },
      });
  });

  it('an unaccepted signature is not made good by a recorded digest', async () => {
    const result = await against(signed(), { artefact_digest: digest('bin') }, 'model_version', nobody);
    expect(result).toMatchObject({ ok: false, signer: { state: 'fail' }, recorded: { state: 'pass' } });
    expect(stateOf(result, 'model.bin')).toBe('same');
  });

  it('a claimed signature that is not there stays a claim', async () => {
    const body = { artefact_digest: digest('a'), signature_ref: 's3://models/v1/model.sig' };
    const result = await against(makeFolder({ a: 'a' }), body);
    expect(result).toMatchObject({ ok: true, signer: { state: 'warn', code: 'signer.claimed' } });
    expect(result.signer.text).toContain('claimed, not verified');
  });
});
