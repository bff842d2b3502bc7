/** Proofs and redaction through the command line: files, exit codes, JSON documents, and a workspace that knows the snapshot. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateFleet } from '../../src-main/core/fleet/generate-fleet.ts';
import { writeFleet } from '../../src-main/core/fleet/write-fleet.ts';
import { silentJob } from '../../src-main/core/ports.ts';
import { documents, errorDocument } from '../../src-main/hosts/cli/documents.ts';
import { assay, type Outcome, temporaryFolder } from '../support/assay.ts';

const temporary = temporaryFolder();
const at = (name: string): string => join(temporary.path, name);
afterAll(() => temporary.remove());

const publicKey = at('publisher.pub.pem');
const bundle = at('registry.assay');
const workspace = at('audit');

function run(...args: readonly string[]): Outcome {
  return assay(args, { cwd: temporary.path });
}
function must(...args: readonly string[]): Outcome {
  const outcome = run(...args);
  expect(outcome.code, `assay ${args.join(' ')}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0);
  return outcome;
}
/** The document of a command with --json, in the shape that `assay schema` promises. */
function document(name: string, ...args: readonly string[]): { readonly code: number | null; readonly value: unknown } {
  const outcome = run(...name.split(' '), ...args, '--json');
  const json: unknown = JSON.parse(outcome.stdout);
  const value = (outcome.code === 0 || outcome.code === 4 ? documents[name] : undefined)?.safeParse(json);
  return { code: outcome.code, value: value?.success ? value.data : errorDocument.parse(json).error.code };
}

beforeAll(() => {
  writeFleet(generateFleet({ models: 12, seed: 5, now: new Date() }), at('fleet'), silentJob);
  must('keys', 'generate', '--out', 'publisher', '--no-passphrase');
  must('snapshot', 'pack', 'fleet/registry', '--key', 'publisher.key.pem', '--out', bundle);
  must('workspace', 'create', workspace, '--name', 'Audit', '--user', 'A. Auditor');
  must('trust', 'add', publicKey, '-w', workspace, '--label', 'Registry');
  must('import', bundle, '-w', workspace);
});

describe('assay snapshot prove and proof verify', () => {
  it('when a record is proven the proof verifies with the key alone and prints the record', () => {
    const made = document('snapshot prove', bundle, '--record', 'model/mdl-00001', '--out', 'one.json');
    expect(made).toMatchObject({ code: 0, value: { file: 'one.json', records: 1, absent: 0, disclosed: 1 } });
    const printed = must('proof', 'verify', 'one.json', '--key', publicKey);
    expect(printed.stdout).toMatch(/Content +This record, 1 of \d+, is in the signed snapshot\./);
    expect(printed.stdout).toContain('Proven.');
    expect(printed.stdout).toContain('model/mdl-00001');
    expect(document('proof verify', 'one.json', '--key', publicKey)).toMatchObject({
      code: 0,
      value: {
        ok: true,
        form: 'proof',
        shown: 1,
        signer: { code: 'signer.single_key', parts: { notRevoked: { state: 'unknown' } } },
        freshness: { code: 'freshness.single_key' },
      },
    });
  });

  it('when the workspace is asked it judges by its trust store, and knows the order of what it imported', () => {
    must('snapshot', 'prove', bundle, '--absent', 'model/shadow', '--out', 'absent.json');
    expect(document('proof verify', 'absent.json', '-w', workspace)).toMatchObject({
      code: 0,
      value: { ok: true, absent: [{ basis: 'checked_order' }], signer: { text: 'Signed by Registry.' } },
    });
    expect(document('proof verify', 'absent.json', '--key', publicKey)).toMatchObject({
      value: { absent: [{ basis: 'signed_order' }] },
    });
  });

  it('when the proof comes from the workspace it is byte for byte the one from the bundle', () => {
    must('snapshot', 'prove', bundle, '--record', 'model/mdl-00002', '--absent', 'party/zz', '--out', 'bundle.json');
    const made = document(
      'proof create',
      ...['-w', workspace, '--snapshot', '1', '--record', 'model/mdl-00002', '--absent', 'party/zz'],
      ...['--out', 'store.json'],
    );
    expect(made.code).toBe(0);
    expect(readFileSync(at('store.json')).equals(readFileSync(at('bundle.json')))).toBe(true);
    expect(must('ledger', 'show', '-w', workspace).stdout).toContain('proof.exported');
  });

  it('when something is wrong the exit code says what kind of wrong', () => {
    const forged = readFileSync(at('one.json'), 'utf8').replace('mdl-00001', 'mdl-00009');
    writeFileSync(at('forged.json'), forged);
    expect(document('proof verify', 'forged.json', '--key', publicKey)).toMatchObject({
      code: 4,
      value: { ok: false, content: { state: 'fail', code: 'proof.root' }, records: [] },
    });
    must('keys', 'generate', '--out', 'other', '--no-passphrase');
    expect(document('proof verify', 'one.json', '--key', 'other.pub.pem')).toMatchObject({
      code: 4,
      value: { ok: false, content: { state: 'unknown' }, signer: { code: 'signer.untrusted' }, records: [] },
    });
    writeFileSync(at('not.json'), '{}\n');
    expect(document('proof verify', 'not.json', '--key', publicKey)).toEqual({ code: 3, value: 'proof.malformed' });
    expect(document('proof verify', bundle, '--key', publicKey)).toEqual({ code: 3, value: 'proof.whole_snapshot' });
    expect(document('proof verify', 'one.json')).toEqual({ code: 2, value: 'verify.no_trust' });
    const prove = (...args: readonly string[]) => document('snapshot prove', bundle, ...args, '--out', 'no.json');
    expect(prove('--record', 'model/nobody')).toEqual({ code: 3, value: 'proof.record_unknown' });
    expect(prove()).toEqual({ code: 2, value: 'proof.nothing_asked' });
    expect(
      document('proof create', '-w', workspace, '--snapshot', '9', '--record', 'model/a', '--out', 'no.json'),
    ).toEqual({
      code: 2,
      value: 'snapshot.unknown',
    });
    expect(existsSync(at('no.json'))).toBe(false);
  });

  it('when the proof comes through standard input it is read all the same', () => {
    const piped = assay(['proof', 'verify', '-', '--key', publicKey], {
      cwd: temporary.path,
      input: readFileSync(at('one.json')),
    });
    expect(piped.code, piped.stderr).toBe(0);
  });
});

const snapshots = (): unknown => JSON.parse(must('snapshots', '-w', workspace, '--json').stdout).snapshots;

describe('assay snapshot redact', () => {
  it('when a snapshot is redacted it verifies as a part and is refused as a whole', () => {
    const made = document(
      'snapshot redact',
      bundle,
      '--keep',
      'model/mdl-0000?',
      '--by',
      'A. Auditor',
      '--out',
      'part.assay',
    );
    expect(made).toMatchObject({ code: 0, value: { file: 'part.assay', shown: 9, evidence: { shown: 0 } } });
    expect(document('snapshot verify', 'part.assay', '-w', workspace)).toMatchObject({
      code: 0,
      value: { ok: true, content: { code: 'content.redacted' } },
    });
    expect(document('proof verify', 'part.assay', '--key', publicKey)).toMatchObject({
      code: 0,
      value: { form: 'redacted_snapshot', shown: 9 },
    });
    expect(document('snapshot inspect', 'part.assay')).toMatchObject({
      value: { redaction: { redactedBy: 'A. Auditor', keep: ['model/mdl-0000?'] } },
    });
    expect(must('snapshot', 'inspect', 'part.assay').stdout).toMatch(/Redacted +shows 9 of/);
    const before = snapshots();
    expect(document('import', 'part.assay', '-w', workspace)).toEqual({ code: 3, value: 'snapshot.redacted' });
    expect(document('lint', 'part.assay')).toEqual({ code: 3, value: 'snapshot.redacted' });
    expect(snapshots()).toEqual(before);
  });

  it('when the expression keeps nothing, or makes no sense, nothing is written', () => {
    const redact = (keep: string) => document('snapshot redact', bundle, '--keep', keep, '--out', 'none.assay');
    expect(redact('model/nobody')).toEqual({ code: 3, value: 'redact.nothing_kept' });
    expect(redact('nonsense')).toEqual({ code: 2, value: 'redact.expression' });
    expect(existsSync(at('none.assay'))).toBe(false);
  });
});
