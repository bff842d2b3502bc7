/** The command line as a contract: exit codes, JSON documents, error documents, streams, interruption, and what is left behind. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { generateFleet } from '../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../src-main/core/fleet/write-fleet.ts';
import { silentJob } from '../../src-main/core/ports.ts';
import { documents, errorDocument } from '../../src-main/hosts/cli/documents.ts';
import { assay, passphrase, repositoryRoot, temporaryFolder } from '../support/assay.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
/** Every temporary file of the commands under test lands here, so that a leftover shows. */
const temporary = at('tmp');
const env = { TMPDIR: temporary };
const w = ['-w', at('demo', 'workspace')];
const run = (...args: string[]) => assay(args, { cwd: folder.path, env });

/** What a command printed with --json, parsed with the schema that `assay schema` publishes for it. */
function document(name: string, ...args: string[]): { readonly code: number | null; readonly value: unknown } {
  const outcome = run(...name.split(' '), ...args, '--json');
  const schema = documents[name];
  if (!schema) throw new Error(`${name} has no document`);
  return { code: outcome.code, value: schema.parse(JSON.parse(outcome.stdout || outcome.stderr)) };
}

const listed = (name: string, key: string, ...args: string[]) =>
  z
    .record(z.string(), z.unknown())
    .transform((value) => z.array(z.record(z.string(), z.unknown())).parse(value[key]))
    .parse(document(name, ...args).value);

beforeAll(() => {
  mkdirSync(temporary);
  const demo = document('demo', '--models', '45', '--out', 'demo');
  expect(demo.code).toBe(0);
  writeFileSync(at('text.assay'), 'no bundle\n');
  const bundle = readFileSync(at('demo', 'snapshots', 'registry-1.assay'));
  writeFileSync(at('truncated.assay'), bundle.subarray(0, bundle.length / 2));
  mkdirSync(at('empty'));
}, 180_000);
afterAll(() => folder.remove());

describe('exit codes', () => {
  const cases: readonly (readonly [number, string, readonly string[], RegExp])[] = [
    [2, 'a command that does not exist', ['inventroy'], /Did you mean inventory\?/],
    [2, 'a group without a command', ['inventory'], /Usage: assay inventory/],
    [2, 'an option that does not exist', ['snapshots', '--bogus'], /--bogus.*See assay snapshots --help/],
    [2, 'no workspace', ['snapshots'], /-w FOLDER/],
    [2, 'an argument that is no number', ['diff', '1', 'x', ...w], /A whole number is needed/],
    [2, 'a day that does not exist', ['check', ...w, '--as-of', '2027-02-30'], /YYYY-MM-DD/],
    [2, 'an output in a folder that is not there', ['report', 'build', ...w, '--out', 'no/r.pdf'], /does not exist/],
    [2, 'an output folder that is in use', ['collect', 'demo/fleet', '--out', 'demo'], /not empty/],
    [2, 'an output below a file', ['workspace', 'create', 'text.assay/w'], /is a file/],
    [2, 'a dash where standard input cannot be', ['collect', '-', '--out', 'x'], /Standard input/],
    [2, 'nobody named to believe', ['snapshot', 'verify', 'demo/snapshots/registry-1.assay'], /--trust FILE/],
    [3, 'a file that is not there', ['import', 'none.assay', ...w], /none\.assay: there is no such file/],
    [3, 'a folder that is no workspace', ['snapshots', '-w', 'demo'], /did you mean demo.workspace\?/],
    [3, 'a text file for a bundle', ['snapshot', 'inspect', 'text.assay'], /text\.assay cannot be read/],
    [3, 'a truncated bundle', ['snapshot', 'inspect', 'truncated.assay'], /truncated/],
    [3, 'an empty folder to collect', ['collect', 'empty', '--out', 'collected'], /No records were found/],
    [
      3,
      'a folder for a key',
      ['snapshot', 'pack', 'demo/fleet/registry', '--key', 'empty', '--out', 'x.assay'],
      /is a folder/,
    ],
    [
      3,
      'a text file for a key',
      ['snapshot', 'pack', 'demo/fleet/registry', '--key', 'text.assay', '--out', 'x.assay'],
      /no private key/,
    ],
    [
      3,
      'a passphrase file that is not there',
      ['snapshots', ...w, '--passphrase-file', 'none'],
      /none.*cannot be read/,
    ],
    [3, 'a file that holds no records', ['lint', 'text.assay'], /neither a snapshot folder/],
  ];
  it.each(cases)('%i when given %s', (code, _title, args, message) => {
    const outcome = run(...args);
    expect(outcome.code, outcome.stderr).toBe(code);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stdout).toBe('');
  });

  it('when the passphrase is wrong it is 5, and when none can be asked for it is 5 as well', () => {
    const wrong = assay(['snapshots', ...w], {
      cwd: folder.path,
      env: { ...env, ASSAY_PASSPHRASE: 'not this one at all' },
    });
    expect([wrong.code, wrong.stdout]).toEqual([5, '']);
    const none = assay(['snapshots', ...w, '--no-input'], { cwd: folder.path, env: { ...env, ASSAY_PASSPHRASE: '' } });
    expect(none.code).toBe(5);
    expect(none.stderr).toMatch(/ASSAY_PASSPHRASE.*--passphrase-file/);
  });

  it('when a bundle was changed, or nobody trusts its signer, it is 4 and nothing is stored', () => {
    expect(run('workspace', 'create', 'stranger').code).toBe(0);
    const refused = run('import', 'demo/snapshots/registry-1.assay', '-w', 'stranger', '--json');
    expect(refused.code).toBe(4);
    expect(errorDocument.parse(JSON.parse(refused.stdout)).error.message).toMatch(/Nothing was imported/);
    expect(document('snapshots', '-w', 'stranger').value).toMatchObject({ snapshots: [], registries: [] });
  });

  it('when asked for nothing it prints its help and is 0', () => {
    const outcome = run();
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/Usage: assay/);
  });
});

describe('errors with --json', () => {
  it.each([
    ['the parser refuses', ['snapshots', '--bogus', '--json'], 'usage.unknown_option'],
    ['a command refuses', ['inventory', 'list', ...w, '--kind', 'modell', '--json'], 'inventory.unknown_kind'],
    ['the engine refuses', ['inventory', 'show', 'model/none', ...w, '--json'], 'record.unknown'],
    ['a filter names no field', ['inventory', 'list', ...w, '--where', 'ownr=x', '--json'], 'inventory.unknown_field'],
  ])('when %s the error document stands alone on standard output', (_title, args, code) => {
    const outcome = run(...args);
    expect(outcome.code).toBe(2);
    expect(errorDocument.parse(JSON.parse(outcome.stdout)).error.code).toBe(code);
  });
});

describe('JSON documents', () => {
  it.each([
    ['snapshots', 'snapshots', [...w]],
    ['trust list', 'keys', [...w]],
    ['inventory list', 'rows', [...w, '--kind', 'dataset', '--limit', '3']],
    ['inventory search', 'rows', ['credit', ...w, '--limit', '3']],
    ['inventory review', 'rows', [...w, '--limit', '3']],
    ['diff', 'rows', ['1', '2', ...w]],
    ['reconcile', 'rows', [...w, '--limit', '5']],
    ['findings list', 'rows', [...w, '--limit', '3']],
    ['report list', 'reports', [...w]],
    ['report templates', 'templates', []],
    ['ledger show', 'entries', [...w, '--limit', '3']],
  ] as const)('%s is what its schema says, and rows begin with kind, id and name', (name, key, args) => {
    const rows = listed(name, key, ...args);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Object.keys(row).slice(0, 3)).toEqual(['kind', 'id', 'name']);
  });

  it.each([
    ['workspace info', [...w], 0],
    ['trust show', ['Demo publisher', ...w], 0],
    ['snapshot inspect', ['demo/snapshots/registry-2.assay'], 0],
    ['snapshot verify', ['demo/snapshots/registry-2.assay', ...w], 0],
    ['import', ['demo/snapshots/registry-2.assay', ...w], 0],
    ['ledger verify', [...w], 0],
    ['lineage', ['mdl-00001', ...w], 0],
    ['findings show', ['1', ...w], 0],
  ] as const)('%s is what its schema says', (name, args, code) => {
    expect(document(name, ...args).code).toBe(code);
  });

  it('when rows are asked for one by one each line is a document, and the count goes to standard error', () => {
    const outcome = run('inventory', 'list', ...w, '--ndjson', '--limit', '5');
    const rows = outcome.stdout.trim().split('\n');
    expect(rows.map((row) => z.object({ kind: z.literal('model') }).parse(JSON.parse(row)).kind)).toHaveLength(5);
    expect(outcome.stderr).toMatch(/^5 of \d+ models/);
  });

  it('when a bundle comes on standard input it is read from there', () => {
    const launcher = join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs');
    const outcome = spawnSync(process.execPath, [launcher, 'snapshot', 'inspect', '-', '--json'], {
      input: readFileSync(at('demo', 'snapshots', 'registry-1.assay')),
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    expect(outcome.status).toBe(0);
    expect(documents['snapshot inspect']?.safeParse(JSON.parse(outcome.stdout)).success).toBe(true);
  });
});

describe('lint', () => {
  const row = z.object({
    file: z.string(),
    line: z.int(),
    kind: z.string().nullable(),
    problems: z.array(z.unknown()),
  });
  const result = z.object({ clean: z.boolean(), records: z.int(), withProblems: z.int(), rows: z.array(row) });
  const lint = (...args: string[]) => {
    const { code, value } = document('lint', ...args);
    return { code, ...result.parse(value) };
  };
  const shard = (name: string, lines: readonly string[]) => {
    writeFileSync(at(name), `${lines.join('\n')}\n`);
    return name;
  };

  it('when an owner was left out of the registry it says in which file and line; 1', () => {
    const { code, rows, records, withProblems } = lint('demo/fleet/registry');
    expect(code).toBe(1);
    expect(withProblems).toBe(rows.length);
    expect(records).toBeGreaterThan(rows.length);
    const models = rows.filter((one) => one.kind === 'model');
    expect(models.flatMap((one) => one.problems)).toContainEqual(
      expect.objectContaining({ code: 'field.missing', field: 'owner' }),
    );
    // The signed bundle of the same folder gives the same list.
    expect(lint('demo/snapshots/registry-2.assay').rows).toEqual(rows);
  });

  it('when lines are malformed it lists them all, each with its line, and goes on', () => {
    const good = readFileSync(at('demo', 'fleet', 'registry', 'records', 'party-0001.ndjson'), 'utf8').split('\n');
    const [first = '', second = '', third = ''] = good;
    const file = shard('party-0001.ndjson', [
      first,
      '{"not":"a record"}',
      '',
      third,
      second,
      third.replace('"kind"', ' "kind"'),
      'x'.repeat(1_100_000),
      third,
    ]);
    const { code, rows, records } = lint(file);
    expect([code, records]).toEqual([1, 8]);
    const codes = rows.map((one) => [one.line, z.object({ code: z.string() }).parse(one.problems[0]).code]);
    expect(codes).toEqual([
      [2, 'record.shape'],
      [3, 'record.blank'],
      [5, 'record.unsorted'],
      [6, 'record.not_canonical'],
      [7, 'record.too_long'],
    ]);
  });

  it('when a hand-written record has wrong types every one is named, and a complete one is clean; 0', () => {
    const [line = ''] = readFileSync(at('demo', 'fleet', 'registry', 'records', 'party-0001.ndjson'), 'utf8').split(
      '\n',
    );
    const record = z
      .object({ kind: z.string(), id: z.string(), body: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(line));
    writeFileSync(at('party.json'), JSON.stringify({ ...record }, null, 2));
    expect(lint('party.json')).toMatchObject({ code: 0, clean: true, records: 1, rows: [] });
    const fields = Object.keys(record.body)
      .filter((name) => typeof record.body[name] === 'string')
      .slice(1, 3);
    const broken = { ...record.body, ...Object.fromEntries(fields.map((name) => [name, 7])) };
    writeFileSync(at('party.json'), JSON.stringify({ ...record, body: broken }));
    const { code, rows } = lint('party.json');
    expect(code).toBe(1);
    expect(rows[0]?.problems.map((problem) => z.object({ field: z.string() }).parse(problem).field)).toEqual(
      expect.arrayContaining(fields),
    );
    writeFileSync(at('party.json'), '{"kind": ');
    expect(lint('party.json').rows[0]?.problems).toEqual([expect.objectContaining({ code: 'record.not_json' })]);
  });
});

describe('interruption', () => {
  /** Starts a command in its own process group and sends the group SIGINT, as a terminal does, so many milliseconds after `when`. */
  async function interrupt(args: readonly string[], when: () => boolean, later = 0) {
    const launcher = join(repositoryRoot, 'src-main', 'hosts', 'cli', 'assay.mjs');
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: folder.path,
      detached: true,
      env: { ...process.env, ...env, ASSAY_PASSPHRASE: passphrase, ASSAY_KEY_PASSPHRASE: passphrase, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    while (child.exitCode === null && !when()) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, later));
    const { pid } = child;
    if (pid === undefined) throw new Error('the command did not start');
    const running = child.exitCode === null;
    if (running) process.kill(-pid, 'SIGINT');
    return { code: await ended, running, stderr };
  }

  /** Grows when the unlocking is written to the log: the import begins right after it. */
  const walSize = (workspace: string) => {
    const wal = readdirSync(workspace).find((name) => name.endsWith('-wal'));
    return wal ? readFileSync(join(workspace, wal)).length : 0;
  };

  it('when an import is stopped half-way it is 130 and no row of it is stored', async () => {
    const fleet = writeFleet(generateFleet({ models: 3000, seed: 3, now: new Date() }), at('large'), silentJob);
    const key = ['--key', 'demo/keys/publisher.key.pem'];
    expect(run('snapshot', 'pack', fleet.registry, ...key, '--out', 'large.assay').code).toBe(0);
    const workspace = at('demo', 'workspace');
    const before = document('workspace info', ...w).value;
    const started = await interrupt(['import', 'large.assay', ...w], () => walSize(workspace) > 0, 300);
    expect(started).toMatchObject({ code: 130, running: true });
    expect(started.stderr).toMatch(/rolled back/);
    const counts = z.object({ snapshots: z.int(), records: z.int() });
    expect(counts.parse(document('workspace info', ...w).value)).toEqual(counts.parse(before));
    // The store still takes the same bundle afterwards, as if nothing had been.
    expect(run('ledger', 'verify', ...w).code).toBe(0);
    expect(document('import', 'large.assay', '--dry-run', ...w).code).toBe(0);
  }, 120_000);

  it('when a collect is stopped it is 130 and its folder is not there', async () => {
    const partial = () => readdirSync(folder.path).some((name) => name.includes('stopped'));
    const sources = at('sources');
    mkdirSync(sources);
    for (let i = 0; i < 3000; i += 1)
      writeFileSync(
        join(sources, `${i}.yaml`),
        `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: m${i}\n  namespace: n\nspec:\n  predictor:\n    model:\n      modelFormat:\n        name: sklearn\n      storageUri: s3://bucket/m${i}\n`,
      );
    const stopped = await interrupt(['collect', 'sources', '--as', 'discovery', '--out', 'stopped'], partial);
    expect(stopped).toMatchObject({ code: 130, running: true });
    expect(partial()).toBe(false);
  }, 60_000);

  it('when a demo is stopped it is 130 and nothing of it is left', async () => {
    const stopped = await interrupt(['demo', '--models', '4000', '--out', 'half'], () =>
      existsSync(at('half', 'fleet')),
    );
    expect(stopped).toMatchObject({ code: 130, running: true });
    expect(existsSync(at('half'))).toBe(false);
  }, 60_000);

  it('leaves no temporary file behind, after all of the above', () => {
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(folder.path).filter((name) => /partial|\.tmp/.test(name))).toEqual([]);
  });
});
