/** The collector itself: counting, merging, evidence, nothing half-written. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { maxEvidenceMembers, memberPath, parseLocator } from '../../../src-main/core/collect/evidence.ts';
import type { Mapper } from '../../../src-main/core/collect/mapper.ts';
import { uuidV5 } from '../../../src-main/core/collect/registry-id.ts';
import { jobContext, silentJob } from '../../../src-main/core/ports.ts';
import { collectRun } from '../../../src-main/core/usecases/collect-run.ts';
import { collect, contentsOf, failureOf, follow, inputFolder, now, scratchFolder } from './helpers.ts';

const zoo = (description: string, licence = 'MIT'): string =>
  `description: ${description}\ntask_type: detection\nfiles:\n  - name: a.bin\n    size: 3\n    checksum: ${'ab'.repeat(48)}\n    source: https://example.org/a.bin\nframework: dldt\nlicense: ${licence}\n`;

const onnx = (model: string, sha: string) => [
  {
    model,
    model_path: `m/${model}.onnx`,
    opset_version: 9,
    metadata: { model_sha: sha, model_bytes: 1, tags: ['vision'] },
  },
];

describe('when files are counted', () => {
  test('it gives every file one fate, with links, binaries and empty files named', async () => {
    const input = inputFolder({
      'good/model.yml': zoo('Finds things'),
      'notes.txt': 'hello',
      'empty.json': '',
      'weights.bin': new Uint8Array([1, 0, 2]),
      '.git/config': 'x',
    });
    symlinkSync('/etc/passwd', join(input, 'outside'));
    symlinkSync(join(input, 'good'), join(input, 'inside'));
    const { result, out } = await collect(input);
    expect(result.inputs).toMatchObject({ seen: 7, used: 1, skipped: 6, refused: 0 });
    expect(Object.fromEntries(result.inputs.byReason.map(({ reason, files }) => [reason, files]))).toEqual({
      'binary file': 1,
      'empty file': 1,
      'format not recognised': 1,
      'link, not followed': 2,
      'version control folder, not entered': 1,
    });
    expect(JSON.stringify(contentsOf(out))).not.toContain(Buffer.from('root:').toString('hex'));
  });

  test('it fails when nothing was found, and leaves no folder behind', async () => {
    const out = join(scratchFolder(), 'out');
    const failure = await failureOf(collect(inputFolder({ 'a.txt': 'x' }), { out }));
    expect(failure).toMatchObject({ kind: 'input', code: 'collect.nothing' });
    expect(readdirSync(dirname(out))).toEqual([]);
  });

  test('it fails under strict when one file is refused', async () => {
    const input = inputFolder({ 'a/model.yml': zoo('A'), 'b/model.yml': `${zoo('B')}\n: [` });
    expect((await collect(input)).result.inputs).toMatchObject({ used: 1, refused: 1 });
    const out = join(scratchFolder(), 'out');
    const failure = await failureOf(collect(input, { strict: true, out }));
    expect(failure).toMatchObject({ kind: 'input', code: 'collect.refused' });
    expect(failure.message).toContain('b/model.yml');
    expect(readdirSync(dirname(out))).toEqual([]);
  });

  test('it names a source that is not there', async () => {
    expect(await failureOf(collect(join(scratchFolder(), 'gone')))).toMatchObject({
      kind: 'input',
      code: 'collect.source_missing',
    });
  });
});

describe('when the output folder is in the way', () => {
  test('it takes an empty one and refuses one with a file in it', async () => {
    const input = inputFolder({ 'a/model.yml': zoo('A') });
    const out = join(scratchFolder(), 'out');
    mkdirSync(out);
    await collect(input, { out });
    expect(readdirSync(out).sort()).toEqual(['collection.json', 'evidence', 'records']);
    expect(await failureOf(collect(input, { out }))).toMatchObject({ kind: 'usage', code: 'collect.out_exists' });
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, 'x');
    expect(await failureOf(collect(input, { out: file }))).toMatchObject({ code: 'collect.out_exists' });
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});

describe('when collecting is cancelled', () => {
  test('it leaves nothing, however far it had come', async () => {
    const input = inputFolder({ 'a/model.yml': zoo('A'), 'b/model.yml': zoo('B') });
    let calls = 0;
    await collect(input, {
      job: jobContext(
        () => {
          calls += 1;
          return false;
        },
        () => {},
      ),
    });
    expect(calls).toBeGreaterThan(5);
    for (let stop = 1; stop <= calls; stop += 1) {
      let asked = 0;
      const out = join(scratchFolder(), 'out');
      const job = jobContext(
        () => ++asked >= stop,
        () => {},
      );
      expect(await failureOf(collect(input, { out, job }))).toMatchObject({ kind: 'cancelled' });
      expect(readdirSync(dirname(out))).toEqual([]);
    }
  });
});

describe('when the same record is stated twice', () => {
  test('it unites statements that agree', async () => {
    const { records, collection } = await collect(
      inputFolder({ 'a.json': onnx('net', 'ab'.repeat(32)), 'b.json': onnx('net', 'ab'.repeat(32)) }),
    );
    expect(records).toHaveLength(2);
    expect(collection.sources[0]?.coverage.errors).toEqual([]);
  });

  test('it keeps the first of two that contradict each other and reports both locators', async () => {
    const { find, collection } = await collect(
      inputFolder({ 'a.json': onnx('net', 'ab'.repeat(32)), 'b.json': onnx('net', 'cd'.repeat(32)) }),
    );
    expect(find('model_version', 'onnx-hub:net:net').body['artefact_digest']).toBe(`sha256:${'ab'.repeat(32)}`);
    const coverage = collection.sources[0]?.coverage;
    expect(coverage?.reasons['in used files: stated twice with contradicting values']).toBe(1);
    expect(coverage?.errors[0]).toMatch(
      /artefact_digest.* differ between evidence\/source\/a\.json#\/0 \(kept\) and evidence\/source\/b\.json#\/0/,
    );
  });
});

describe('when sources are named', () => {
  const input = inputFolder({ 'a/model.yml': zoo('A') });

  test('it never writes an absolute local path', async () => {
    const { out, collection } = await collect(input, { sources: [{ path: input, label: input }] });
    expect(collection.sources[0]?.uri).toBe('input');
    const everything = Object.values(contentsOf(out)).map((hex) => Buffer.from(hex, 'hex').toString('utf8'));
    expect(everything.join('\n')).not.toContain(dirname(input));
  });

  test('it keeps the registry id for the same sources, and what the user says', async () => {
    const first = await collect(input);
    const second = await collect(input);
    expect(first.collection.registry.id).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(second.collection.registry.id).toBe(first.collection.registry.id);
    const named = await collect(input, { sources: [{ path: input, label: 'elsewhere' }] });
    expect(named.collection.registry.id).not.toBe(first.collection.registry.id);
    const given = await collect(input, { registryId: 'urn:example:1', registryName: 'Ours' });
    expect(given.collection.registry).toMatchObject({ id: 'urn:example:1', name: 'Ours' });
  });

  test('it makes the UUID of RFC 9562 appendix A.4', () => {
    // Name "www.example.com" in the DNS namespace.
    const dns = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
    expect(uuidV5('www.example.com', dns)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('it keeps two inputs apart, with the source of each record', async () => {
    const other = inputFolder({ 'b/model.yml': zoo('B') });
    const { collection, find, out } = await collect(input, {
      sources: [
        { path: input, label: 'same' },
        { path: other, label: 'same' },
      ],
    });
    expect(collection.sources).toHaveLength(2);
    expect(find('model', 'omz:a').prov.source).toBe(0);
    expect(find('model', 'omz:b').prov.source).toBe(1);
    expect(readdirSync(join(out, 'evidence')).sort()).toEqual(['same', 'same-2']);
  });
});

describe('when evidence is written', () => {
  test('it copies used files byte for byte and no others', async () => {
    const text = `\ufeff${zoo('A')}`.replaceAll('\n', '\r\n');
    const input = inputFolder({ 'a #1/model.yml': text, 'other.txt': 'x' });
    const { out, find } = await collect(input);
    expect(Object.keys(contentsOf(join(out, 'evidence')))).toEqual(['source/a %231/model.yml']);
    expect(readFileSync(join(out, 'evidence/source/a %231/model.yml'), 'utf8')).toBe(text);
    expect(find('model', 'omz:a #1').prov.default.locator).toBe('evidence/source/a %231/model.yml#');
  });

  test('it gathers very many files into lines from which each can be restored', async () => {
    const count = maxEvidenceMembers + 50;
    const files = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`m${index}/model.yml`, zoo(`Model ${index}`)]),
    );
    const { out, records } = await collect(inputFolder(files));
    expect(readdirSync(join(out, 'evidence/source'))).toEqual(['files-0001.ndjson']);
    const lines = readFileSync(join(out, 'evidence/source/files-0001.ndjson'), 'utf8').split('\n').filter(Boolean);
    expect(lines).toHaveLength(count);
    for (const line of lines) {
      const { name, sha256, text } = JSON.parse(line);
      expect(text).toBe(files[name]);
      expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
    }
    const record = records.find((item) => item.kind === 'model' && item.id === 'omz:m77');
    const locator = record?.prov.fields?.['description']?.locator ?? '';
    expect(parseLocator(locator)).toEqual({
      member: 'evidence/source/files-0001.ndjson',
      name: 'm77/model.yml',
      pointer: '/description',
    });
    expect(follow(out, locator)).toBe('Model 77');
  });

  test('it escapes member names reversibly', () => {
    expect(memberPath('a:b\\c#%?.json')).toBe('a%3Ab%5Cc%23%25%3F.json');
    expect(decodeURIComponent(memberPath('a:b\\c#%?\u0001'))).toBe('a:b\\c#%?\u0001');
  });

  test('it refuses to write evidence that changed after it was mapped', async () => {
    const input = inputFolder({ 'a.x': 'one' });
    const changing: Mapper = {
      format: 'x',
      title: 'X',
      role: 'registry',
      supplied: {},
      recognise: async () => 'primary',
      async map(file, context) {
        await file.text();
        context.emit({ kind: 'model', id: 'x', body: {}, pointer: '' });
        writeFileSync(join(input, 'a.x'), 'two');
      },
    };
    const out = join(scratchFolder(), 'out');
    expect(await failureOf(collect(input, { out, mappers: [changing] }))).toMatchObject({ code: 'collect.changed' });
    expect(existsSync(out)).toBe(false);
  });
});

describe('when a mapper makes values of the wrong type', () => {
  const mapperOf = (body: Record<string, never>): Mapper => ({
    format: 'x',
    title: 'X',
    role: 'registry',
    supplied: { model: ['model_name'] },
    recognise: async () => 'primary',
    map: async (_, context) => context.emit({ kind: 'model', id: 'x', body, pointer: '' }),
  });

  test('it moves them aside, keeps what fits, and counts them', async () => {
    const body = JSON.parse(
      '{"model_name":{"a":1},"useful_life_months":"12","licence_expires_at":"soon","tags":["a",{"b":1}],"owner":{"kind":"model","id":"m"},"__proto__":{"x":1},"Odd Name":1,"risk_tier":3,"capitalised_cost":1e400}',
    );
    const { find, collection } = await collect(inputFolder({ 'a.x': 'x' }), { mappers: [mapperOf(body)] });
    const record = find('model', 'x');
    expect(record.body).toEqual({
      model_id: 'x',
      source_model_name: { a: 1 },
      useful_life_months: 12,
      source_licence_expires_at: 'soon',
      tags: ['a'],
      source_tags: [{ b: 1 }],
      source_owner: { kind: 'model', id: 'm' },
      source_proto: { x: 1 },
      source_odd_name: 1,
      risk_tier: '3',
      source_capitalised_cost: 'Infinity',
    });
    expect(
      collection.sources[0]?.coverage.reasons[
        "in used files: model owner: not of the dictionary's type, kept as source_…"
      ],
    ).toBe(1);
    expect(toJcs(record)).toContain('source_proto');
  });

  test('it drops a record over 1 MiB and one without a usable id, not the file', async () => {
    const mapper: Mapper = {
      ...mapperOf({}),
      async map(_, context) {
        context.emit({ kind: 'model', id: 'big', body: { description: 'x'.repeat(1024 * 1024) }, pointer: '' });
        context.emit({ kind: 'model', id: 'y'.repeat(2000), body: {}, pointer: '' });
        context.emit({ kind: 'model', id: 'ok\ud800', body: {}, pointer: '' });
      },
    };
    const { records, collection } = await collect(inputFolder({ 'a.x': 'x' }), { mappers: [mapper] });
    expect(records.map((record) => record.id)).toEqual(['ok\ufffd']);
    expect(collection.sources[0]?.coverage.reasons).toEqual({
      'in used files: record larger than 1 MiB': 1,
      'in used files: record without a usable id': 1,
    });
  });

  test('it discards what a file gave before its mapper failed', async () => {
    const mapper: Mapper = {
      ...mapperOf({}),
      async map(file, context) {
        context.emit({ kind: 'model', id: file.path, body: {}, pointer: '' });
        if (file.path === 'b.x') throw new TypeError('a bug');
      },
    };
    const { records, result } = await collect(inputFolder({ 'a.x': 'x', 'b.x': 'x' }), { mappers: [mapper] });
    expect(records.map((record) => record.id)).toEqual(['a.x']);
    expect(result.inputs.byReason).toEqual([{ reason: 'fault in a mapper', files: 1, examples: ['b.x'] }]);
  });
});

describe('when the contract method is called', () => {
  test('it resolves grants and collects', async () => {
    const input = inputFolder({ 'a/model.yml': zoo('A') });
    const paths = new Map([
      ['in', input],
      ['out', join(scratchFolder(), 'out')],
    ]);
    const context = {
      clock: { now: () => now },
      grants: { resolve: (grant: string) => paths.get(grant) ?? '' },
      workspace: () => {
        throw new Error('collecting needs no workspace');
      },
      setWorkspace: () => {},
      hasWorkspace: false,
    };
    const output = await collectRun(
      context,
      { sources: [{ grant: 'in' as never, label: 'zoo' }], out: 'out' as never, as: 'registry', strict: false },
      silentJob,
    );
    expect(output.counts).toEqual({ model: 1, model_version: 1 });
    expect(existsSync(join(paths.get('out') ?? '', 'collection.json'))).toBe(true);
  });
});
