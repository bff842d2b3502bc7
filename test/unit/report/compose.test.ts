import { describe, expect, it } from 'vitest';
import { composeInternalAudit } from '../../../src-main/core/report/compose-internal-audit.ts';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { reportGate } from '../../../src-main/core/report/gate.ts';
import type { ReportInputs } from '../../../src-main/core/report/inputs.ts';
import { modelDigest, type ReportModel, reportModelSchema } from '../../../src-main/core/report/model.ts';
import { templates } from '../../../src-main/core/report/templates.ts';
import { clauseSentence } from '../../../src-main/core/report/wording.ts';
import { type ReconcileTotals, reconcileTotalsSchema, type VerdictRow } from '../../../src-shared/domain/verdict.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { emptyInputs, nasty, reportInputs, snapshotOf } from './fixtures.ts';

const text = (model: ReportModel): string => JSON.stringify(model.sections);
const withFires = (ruleId: string, fires: number): ReportInputs => {
  const inputs = reportInputs();
  if (!inputs.check) throw new Error('the fixture has a check');
  return {
    ...inputs,
    check: {
      ...inputs.check,
      rules: inputs.check.rules.map((rule) =>
        rule.ruleId === ruleId ? { ...rule, counts: { ...rule.counts, fires } } : rule,
      ),
    },
    findings: inputs.findings.filter((finding) => finding.ruleId !== ruleId),
  };
};

const withTotals = (totals: Partial<ReconcileTotals>): ReportInputs => {
  const inputs = reportInputs();
  if (!inputs.reconcile) throw new Error('the fixture has a run');
  const { run, rows } = inputs.reconcile;
  return { ...inputs, reconcile: { run: { ...run, totals: { ...run.totals, ...totals } }, rows } };
};
const tableOf = (model: ReportModel, anchor: string) => {
  const block = model.sections
    .flatMap((section) => section.blocks)
    .find((item) => item.type === 'table' && item.anchor === anchor);
  if (block?.type !== 'table') throw new Error(`no table ${anchor}`);
  return block;
};

describe('when a report is composed', () => {
  it.each([
    ['internal-audit', composeInternalAudit],
    ['reconciliation-certificate', composeReconciliationCertificate],
  ] as const)('%s has the numbered sections of its template', (id, compose) => {
    const model = compose(reportInputs());
    expect(model.sections.map((section) => `${section.number} ${section.title}`)).toEqual(templates[id].sections);
    expect(reportModelSchema.parse(structuredClone(model))).toEqual(model);
  });

  it('gives the same digest for the same inputs and another one for another fact', () => {
    const digest = modelDigest(composeInternalAudit(reportInputs()));
    expect(modelDigest(composeInternalAudit(reportInputs()))).toBe(digest);
    expect(modelDigest(composeInternalAudit(reportInputs({ reviewedBy: 'Somebody Else' })))).not.toBe(digest);
  });

  it('prints “no evidence supplied” for every missing input and claims nothing', () => {
    for (const compose of [composeInternalAudit, composeReconciliationCertificate]) {
      const model = compose(emptyInputs());
      expect(text(model)).toContain('no evidence supplied');
      expect(model.cover.organisation).toBe('no evidence supplied');
      expect(['no_rating', 'cannot_certify']).toContain(model.conclusion.state);
      expect(text(model)).not.toContain('"text":""');
    }
  });

  it('cuts long tables at a stated count and attaches all rows', () => {
    const model = composeInternalAudit(reportInputs());
    const cards = model.sections.flatMap((section) => section.blocks.filter((block) => block.type === 'finding'));
    const cut = cards.find((card) => card.ruleId === 'DOC-002');
    expect(cut?.subjects.rows).toHaveLength(10);
    expect(cut?.subjects.total).toBe(31);
    const attached = model.data.find((set) => set.name === 'findings');
    expect(attached?.rows).toHaveLength(155);
    for (const block of model.sections.flatMap((section) => section.blocks)) {
      if (block.type === 'table' && block.rows.length < block.total) {
        expect(model.data.find((set) => set.name === block.data)?.rows, block.caption).toHaveLength(block.total);
      }
    }
  });

  it('keeps what records say unchanged', () => {
    const attached = JSON.stringify(composeInternalAudit(reportInputs()));
    for (const value of [nasty.cjk, nasty.rightToLeft, nasty.emoji, nasty.longId]) expect(attached).toContain(value);
  });

  it.each([
    ['the reconciliation certificate', composeReconciliationCertificate],
    ['the internal audit report', composeInternalAudit],
  ] as const)('adds up in %s: the lines of each side are its population, and none is negative', (_, compose) => {
    // A claim of no live stage is found as well: more claims match than are live.
    const model = compose(
      withTotals({
        claimsLive: 5,
        claimsTotal: 7,
        observations: 7,
        control: {
          claims: { total: 7, matched: 6, orphaned: 0, cannotDetermine: 0, notLive: 1 },
          observations: { total: 7, matched: 6, unregistered: 0, duplicate: 1, cannotDetermine: 0 },
          declaredOnly: { claimsMatched: 2, observationsMatched: 3, unregistered: 0 },
        },
      }),
    );
    const block = tableOf(model, 'control-totals');
    for (const side of [1, 2]) {
      const column = block.rows.map((row) => row[side]?.[0]?.text).filter((cell) => cell !== '–');
      const [all, ...parts] = column.map(Number);
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(all);
    }
    expect(JSON.stringify(block)).toContain('by a manifest only: A 2, B 3');
  });

  it('prints the match rate of the engine, to which rows without an observation add nothing', () => {
    const inputs = reportInputs();
    const [row] = inputs.reconcile?.rows.filter(({ verdict }) => verdict === 'mutated') ?? [];
    if (!row || !inputs.reconcile) throw new Error('the fixture has a mutated row');
    const { observation: _, ...baselineOnly } = row;
    const rows = [...inputs.reconcile.rows, { ...baselineOnly, rowId: 'baseline-only' }];
    const model = composeReconciliationCertificate({ ...inputs, reconcile: { ...inputs.reconcile, rows } });
    expect(tableOf(model, 'match-rates').rows.map((cells) => cells.map(([cell]) => cell?.text))).toEqual([
      ['1', '30', '2', '0', '93.8 % (30 of 32)'],
      ['2', '58', '9', '0', '86.6 % (58 of 67)'],
      ['no tier', '0', '0', '5', '0.0 % (0 of 5)'],
      ['All', '88', '11', '5', '84.6 % (88 of 104)'],
    ]);
    expect(inputs.reconcile.run.totals.matchRate).toBe(88 / 104);
  });

  it('never calls running what only a manifest declares', () => {
    const model = composeReconciliationCertificate(reportInputs());
    const all = JSON.stringify(model);
    expect(all).not.toMatch(/found running|running and not registered/i);
    expect(all).toContain('Declared by a manifest only, not seen running: 1 of 3.');
    expect(all).toContain(
      '94 observations; seen on a platform: 84, declared by a manifest and not seen running: 10, basis not stated: 0.',
    );
  });

  it('says of how many claims and observations the certified inventory does not agree', () => {
    const byVerdict = { ...withTotals({}).reconcile?.run.totals.byVerdict, unregistered: 0 };
    const inputs = withTotals({ byVerdict: reconcileTotalsSchema.shape.byVerdict.parse(byVerdict) });
    const clean = { fires: 0, pass: 1, cannot_evaluate: 0, not_applicable: 0 };
    const certified = (rows: readonly VerdictRow[]) => {
      if (!inputs.reconcile || !inputs.check) throw new Error('the fixture has both');
      const run = { ...inputs.reconcile.run, conclusion: { state: 'certified' as const, reasons: [] } };
      const rules = inputs.check.rules.map((rule) => ({ ...rule, counts: clean }));
      return composeReconciliationCertificate({
        ...inputs,
        findings: [],
        check: { ...inputs.check, rules },
        reconcile: { run, rows },
      }).conclusion;
    };
    const conclusion = certified(inputs.reconcile?.rows ?? []);
    expect(conclusion.state).toBe('certified');
    expect(conclusion.text).toContain('does not agree with what was found in everything');
    expect(conclusion.text).toContain('6 registered as live and not found; 5 undetermined, 14 found with differences');
    expect(conclusion.text).toContain(
      'of 120 registry claims, 88 found (5 of them only as a manifest declares it, not observed), 21 of no live stage',
    );
  });

  it('names nobody where no reviewer is named', () => {
    for (const compose of [composeInternalAudit, composeReconciliationCertificate]) {
      const model = compose(reportInputs({ reviewedBy: '' }));
      expect(model.cover.reviewedBy).toBe('nobody is named');
      expect(text(model)).toContain('"name":"nobody is named"');
    }
  });

  it('says that absence from a scan is not proof of absence', () => {
    for (const compose of [composeInternalAudit, composeReconciliationCertificate]) {
      expect(text(compose(reportInputs()))).toContain('Absence from a scan is not proof of absence');
    }
  });
});

describe('when rules that gate a report fire', () => {
  it('refuses to compose while REC-003 fires', () => {
    const inputs = withFires('REC-003', 1);
    expect(reportGate(inputs).filter((line) => line.level === 'block')).toHaveLength(1);
    for (const compose of [composeInternalAudit, composeReconciliationCertificate]) {
      expect(() => compose(inputs)).toThrow(AssayError);
    }
  });

  it.each(['REC-001', 'REC-002', 'DEP-002'])('issues with qualification while %s fires', (ruleId) => {
    const model = composeInternalAudit(withFires(ruleId, 2));
    expect(model.qualification.map((line) => line.text).join()).toContain(ruleId);
    expect(text(model)).toContain('Issued with qualification');
  });

  it('does not certify while REC-002 fires, nor on snapshots eight days apart', () => {
    expect(composeReconciliationCertificate(withFires('REC-002', 1)).conclusion.state).toBe('cannot_certify');
    const apart = reportInputs({
      snapshots: [
        snapshotOf(1, 'registry', '2026-11-11T22:00:00Z', 'A'),
        snapshotOf(2, 'discovery', '2026-11-20T06:00:00Z', 'B'),
      ],
    });
    expect(composeReconciliationCertificate(apart).conclusion).toMatchObject({ state: 'cannot_certify' });
    expect(composeReconciliationCertificate(reportInputs()).conclusion.state).toBe('certified_with_exceptions');
  });

  it.each(['REC-001', 'REC-002', 'REC-003', 'DEP-002'])(
    'says that %s was not evaluated where no pack held it',
    (id) => {
      const { check, ...rest } = reportInputs();
      if (!check) throw new Error('the fixture has a check');
      const inputs = {
        ...rest,
        check: { ...check, rules: check.rules.filter((rule) => rule.ruleId !== id) },
        findings: [],
      };
      const line = reportGate(inputs).find(({ text: said }) => said.startsWith(`${id} was not evaluated`));
      expect(line?.level).toBe('qualify');
      expect(reportGate(reportInputs()).some(({ text: said }) => said.includes('was not evaluated'))).toBe(false);
    },
  );

  it.each([
    ['fork', /S2 \(Scan, sequence 5\): .*history has forked/],
    ['gap', /S2 \(Scan, sequence 5\): Snapshots are missing/],
  ] as const)('qualifies on a %s in the history of a snapshot, naming it', (link, words) => {
    const scan = snapshotOf(2, 'discovery', '2026-11-20T06:00:00Z', 'Scan');
    const model = composeInternalAudit(
      reportInputs({ snapshots: [{ ...scan, history: { chain: 'continues', link, unseen: null, disownedBelow: 0 } }] }),
    );
    expect(model.qualification.map((line) => line.text).join()).toMatch(words);
    expect(model.snapshots[0]?.checks.find(({ label }) => label === 'History')?.line.state).toBe('warn');
  });

  it('qualifies a report whose preparer reviews it', () => {
    expect(reportGate(reportInputs({ reviewedBy: ' jana nováková ' })).map((line) => line.level)).toContain('qualify');
  });
});

describe('when a clause is quoted', () => {
  const clause = { id: 'X', cite: 'Art. 1', regime: 'R', applies: '1 May 2027' } as const;
  it.each([
    ['breach', /required by Art\. 1 is missing or contradicts/],
    ['readiness', /will be needed from 1 May 2027/],
    ['expectation_gap', /Does not evidence the practice/],
    ['standard_gap', /Does not meet the selected control/],
    ['house', /Outside a limit/],
  ] as const)('%s is worded by its force', (mode, wording) => {
    const sentence = clauseSentence({ ...clause, mode });
    expect(sentence).toMatch(wording);
    expect(sentence).not.toMatch(/illegal|violat|non-compliant|breach|fined/i);
  });
});
