/** The request loop through the command line, on a real registry export: asked, answered with that alone, imported, closed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, assayJson, sharedData, temporaryFolder } from '../support/assay.ts';

const source = join(sharedData, 'mlflow-export-import');
const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
const w = () => ['-w', at('audit')];
const run = (...args: string[]) => assay(args, { cwd: folder.path });
const json = (...args: string[]): unknown => {
  const { code, value } = assayJson(args, { cwd: folder.path });
  if (code !== 0 && code !== 1) throw new Error(`assay ${args.join(' ')}: ${code} ${JSON.stringify(value)}`);
  return value;
};

const detail = z.object({
  id: z.string(),
  state: z.string(),
  overdue: z.boolean(),
  missing: z.object({ records: z.array(z.unknown()), kinds: z.array(z.string()) }),
  answers: z.array(z.object({ records: z.int(), outside: z.int() })),
  document: z.object({ requester: z.object({ fingerprint: z.string() }) }),
});
const fulfilled = z.object({
  counts: z.record(z.string(), z.int()),
  withheld: z.int(),
  notFound: z.array(z.object({ kind: z.string(), id: z.string() })),
  evidence: z.object({ files: z.int(), shared: z.array(z.string()) }),
});

describe.skipIf(!existsSync(source))(
  'the request loop on real input (needs the public data beside the checkout)',
  () => {
    let request: z.infer<typeof detail>;
    let fingerprint: string;

    beforeAll(() => {
      json('workspace', 'create', at('audit'));
      json('keys', 'generate', '--out', at('publisher'));
      json('collect', source, '--out', at('collected'), '--registry-name', 'MLflow');
      json('snapshot', 'pack', at('collected'), '--key', at('publisher.key.pem'), '--out', at('registry.assay'));
      json('trust', 'add', at('publisher.pub.pem'), '--label', 'MLflow team', ...w());
      json('import', at('registry.assay'), ...w());
      json('check', ...w());
    });
    afterAll(() => folder.remove());

    it('asks from a finding, and signs with the key whose fingerprint it shows', () => {
      const { rows } = z
        .object({ rows: z.array(z.object({ id: z.int(), subject: z.object({ kind: z.string() }) })) })
        .parse(json('findings', 'list', '--rule', 'INV-002', ...w()));
      const [finding] = rows;
      request = detail.parse(
        json(
          'request',
          'create',
          '--from-finding',
          String(finding?.id),
          '--record',
          'dataset/not-there',
          '--kind',
          'model_version',
          '--where',
          'model_ref~wine',
          '--due',
          '2026-11-20',
          '--out',
          at('q.request.json'),
          ...w(),
        ),
      );
      expect(request.state).toBe('open');
      fingerprint = request.document.requester.fingerprint;
      expect(run('request', 'inspect', at('q.request.json')).stdout).toContain(fingerprint);
      expect(run('findings', 'show', String(finding?.id), ...w()).stdout).toContain('Asked MLflow for');
    });

    it('is not fulfilled for somebody unknown, for another key, or after a change', () => {
      const fulfil = (file: string, ...more: string[]) =>
        run('request', 'fulfil', file, source, '--out', at('never'), ...more);
      expect(fulfil(at('q.request.json')).code).toBe(4);
      expect(fulfil(at('q.request.json')).stderr).toContain(fingerprint);
      expect(fulfil(at('q.request.json'), '--requester', '0'.repeat(64)).code).toBe(4);
      expect(fulfil(at('q.request.json'), '--requester', at('publisher.pub.pem')).code).toBe(4);
      expect(fulfil(at('q.request.json'), '--requester', 'Ada').code).toBe(2);
      const file = JSON.parse(readFileSync(at('q.request.json'), 'utf8'));
      const payload = Buffer.from(file.dsseEnvelope.payload, 'base64').toString().replace('not-there', 'elsewhere');
      file.dsseEnvelope.payload = Buffer.from(payload).toString('base64');
      writeFileSync(at('changed.request.json'), JSON.stringify(file));
      expect(fulfil(at('changed.request.json'), '--requester', fingerprint).code).toBe(4);
      expect(readdirSync(folder.path).filter((name) => name.includes('never'))).toEqual([]);
    });

    it('is answered with what was asked and nothing else; what was not found is said', () => {
      const answer = fulfilled.parse(
        json('request', 'fulfil', at('q.request.json'), source, '--requester', fingerprint, '--out', at('answer')),
      );
      expect(answer.counts).toEqual({ model: 1, model_version: 3 });
      expect(answer.withheld).toBe(28);
      expect(answer.notFound).toEqual([{ kind: 'dataset', id: 'not-there' }]);
      expect(readdirSync(at('answer', 'records')).sort()).toEqual(['model-0001.ndjson', 'model_version-0001.ndjson']);
      expect(readdirSync(folder.path).filter((name) => name.startsWith('.'))).toEqual([]);
      const bare = fulfilled.parse(
        json(
          'request',
          'fulfil',
          at('q.request.json'),
          source,
          '--requester',
          fingerprint,
          '--evidence',
          'none',
          '--out',
          at('bare'),
        ),
      );
      expect(bare.evidence.files).toBe(0);
      expect(readdirSync(at('bare', 'evidence'))).toEqual(['request']);
    });

    it('is imported with its request, and verdicts stay as they were', () => {
      const rows = z.object({ snapshots: z.array(z.unknown()) });
      const findings = z.object({ total: z.int(), rows: z.array(z.unknown()) });
      const sides = () => [
        rows.parse(json('snapshots', ...w())),
        findings.parse(json('findings', 'list', ...w())),
        json('inventory', 'list', ...w()),
      ];
      json('snapshot', 'pack', at('answer'), '--key', at('publisher.key.pem'), '--out', at('answer.assay'));
      const before = sides();
      const imported = run('import', at('answer.assay'), ...w());
      expect(imported.code).toBe(0);
      expect(imported.stdout).toContain('as an answer to request');
      expect(imported.stdout).toContain('missing  dataset/not-there');
      expect(sides()).toEqual(before);
      const shown = detail.parse(json('request', 'show', request.id.slice(0, 8), ...w()));
      expect(shown).toMatchObject({ state: 'partly_answered', overdue: true, answers: [{ records: 4, outside: 0 }] });
    });

    it('cannot be reconciled as if it were the registry, and stands in no chain', () => {
      expect(run('reconcile', '--registry', '2', ...w()).code).toBe(2);
      const next = run(
        'snapshot',
        'pack',
        at('collected'),
        '--key',
        at('publisher.key.pem'),
        '--previous',
        at('answer.assay'),
        '--out',
        at('next.assay'),
      );
      expect(next.code).toBe(2);
      expect(existsSync(at('next.assay'))).toBe(false);
    });

    it('is refused in another workspace, and leaves nothing there', () => {
      json('workspace', 'create', at('stranger'));
      const stranger = ['-w', at('stranger')];
      json('trust', 'add', at('publisher.pub.pem'), '--label', 'MLflow team', ...stranger);
      const refused = run('import', at('answer.assay'), ...stranger);
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain('made no request');
      expect(z.object({ snapshots: z.array(z.unknown()) }).parse(json('snapshots', ...stranger)).snapshots).toEqual([]);
    });

    it('is closed by a person, and further answers are refused', () => {
      const closed = detail.parse(json('request', 'close', request.id, '--reason', 'Answered by telephone', ...w()));
      expect(closed.state).toBe('closed');
      expect(run('request', 'close', request.id, '--reason', 'Again', ...w()).code).toBe(6);
      json('snapshot', 'pack', at('bare'), '--key', at('publisher.key.pem'), '--out', at('bare.assay'));
      expect(run('import', at('bare.assay'), ...w()).code).toBe(6);
      expect(run('ledger', 'verify', ...w()).code).toBe(0);
    });
  },
);
