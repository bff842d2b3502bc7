/** The whole job by hand on real public data: collect, pack, verify, import, reconcile, check, report. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { assay, assayJson, sharedData, temporaryFolder } from '../support/assay.ts';

const registrySources = [
  'azureml-assets',
  'onnx-models',
  'open-model-zoo',
  'mlflow-export-import',
  'huggingface-cards',
];
const discoverySources = ['kserve', 'k8s-cluster-dumps'];

const collected = z.object({
  counts: z.record(z.string(), z.int()),
  inputs: z.object({ seen: z.int(), used: z.int(), skipped: z.int(), refused: z.int() }),
});

const filesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

describe.skipIf(!existsSync(sharedData))(
  'the main job on real input (needs the public data beside the checkout)',
  () => {
    const folder = temporaryFolder();
    const at = (...parts: string[]) => join(folder.path, ...parts);
    const w = ['-w', at('audit')];
    afterAll(() => folder.remove());

    it('collects both sides; every file is used, skipped or refused', () => {
      for (const [role, sources] of [
        ['registry', registrySources],
        ['discovery', discoverySources],
      ] as const) {
        const paths = sources.map((source) => join(sharedData, source));
        const run = assayJson([
          'collect',
          ...paths,
          '--out',
          at(role),
          '--as',
          role,
          '--registry-name',
          `Public ${role}`,
        ]);
        expect(run.code).toBe(0);
        const { counts, inputs } = collected.parse(run.value);
        expect(inputs.seen).toBe(paths.reduce((sum, path) => sum + filesBelow(path), 0));
        expect(inputs.used + inputs.skipped + inputs.refused).toBe(inputs.seen);
        if (role === 'registry') expect(counts['model']).toBeGreaterThan(300);
        else expect(counts['deployment']).toBeGreaterThan(20);
      }
    });

    it('signs, verifies and imports them', () => {
      expect(assay(['keys', 'generate', '--out', at('publisher')]).code).toBe(0);
      for (const role of ['registry', 'discovery']) {
        expect(
          assay(['snapshot', 'pack', at(role), '--key', at('publisher.key.pem'), '--out', at(`${role}.assay`)]).code,
        ).toBe(0);
      }
      expect(assay(['workspace', 'create', at('audit'), '--user', 'Auditor']).code).toBe(0);
      // Nobody is trusted yet: a trust failure, and nothing is stored.
      expect(assay(['import', at('registry.assay'), ...w]).code).toBe(4);
      expect(assayJson(['snapshots', ...w]).value).toMatchObject({ snapshots: [], registries: [] });
      expect(assay(['trust', 'add', at('publisher.pub.pem'), ...w, '--label', 'Publisher']).code).toBe(0);
      expect(assay(['snapshot', 'verify', at('registry.assay'), ...w]).code).toBe(0);
      const imported = assayJson(['import', at('registry.assay'), at('discovery.assay'), ...w]);
      expect(imported.code).toBe(0);
      const again = assayJson(['import', at('registry.assay'), ...w]);
      expect(z.object({ outcome: z.string() }).parse(again.value).outcome).toBe('already_imported');
    });

    it('reconciles with denominators; what runs and is not registered says so', () => {
      const run = assayJson(['reconcile', ...w, '--limit', '5000']);
      expect(run.code).toBe(1);
      const { totals, rows } = z
        .object({
          totals: z.object({
            observations: z.int(),
            matchedObservations: z.int(),
            byVerdict: z.record(z.string(), z.int()),
            byMatchKey: z.record(z.string(), z.int()),
          }),
          rows: z.array(z.object({ verdict: z.string(), sentence: z.string() })),
        })
        .parse(run.value);
      expect(totals.observations).toBeGreaterThan(20);
      const observed = (totals.byVerdict['unregistered'] ?? 0) + totals.matchedObservations;
      expect(observed).toBeGreaterThan(0);
      expect(rows.length).toBeGreaterThan(0);
    });

    it('evaluates the pack without ever passing on missing evidence', () => {
      const run = assayJson(['check', ...w]);
      const { outcomes, evaluations } = z
        .object({
          evaluations: z.int(),
          outcomes: z.object({ pass: z.int(), fires: z.int(), cannot_evaluate: z.int(), not_applicable: z.int() }),
        })
        .parse(run.value);
      expect(outcomes.pass + outcomes.fires + outcomes.cannot_evaluate + outcomes.not_applicable).toBe(evaluations);
      // Public registries state almost no governance facts: most of it cannot be evaluated, and must say so.
      expect(outcomes.cannot_evaluate).toBeGreaterThan(outcomes.pass);
    });

    it('searches, shows a record with its source, and draws its lineage', () => {
      const search = z
        .object({
          total: z.int(),
          rows: z.array(z.object({ kind: z.literal('model'), id: z.string(), name: z.string() })),
        })
        .parse(assayJson(['inventory', 'search', 'bert', ...w]).value);
      expect(search.total).toBeGreaterThan(0);
      const id = search.rows[0]?.id ?? '';
      const dossier = z
        .object({ facts: z.array(z.object({ cell: z.object({ state: z.string(), locator: z.string().optional() }) })) })
        .parse(assayJson(['inventory', 'show', `model/${id}`, ...w]).value);
      expect(dossier.facts.some((fact) => fact.cell.locator?.startsWith('evidence/'))).toBe(true);
      const dot = assay(['lineage', `model/${id}`, ...w, '--format', 'dot']);
      expect(dot.stdout).toContain('digraph');
    });

    it('builds, signs and verifies both reports', () => {
      for (const template of ['internal-audit', 'reconciliation-certificate']) {
        const pdf = at(`${template}.pdf`);
        const built = assayJson(['report', 'build', ...w, '--template', template, '--out', pdf, '--sign']);
        expect(built.code).toBe(0);
        expect(statSync(pdf).size).toBeGreaterThan(20_000);
        expect(assay(['report', 'verify', pdf, ...w]).code).toBe(0);
      }
    });
  },
);
