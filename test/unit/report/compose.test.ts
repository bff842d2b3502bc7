import { describe, expect, it } from 'vitest';
import { composeInternalAudit } from '../../../src-main/core/report/compose-internal-audit.ts';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { reportGate } from '../../../src-main/core/report/gate.ts';
import type { ReportInputs } from '../../../src-main/core/report/inputs.ts';
import { modelDigest, type ReportModel, reportModelSchema } from '../../../src-main/core/report/model.ts';
import { templates } from '../../../src-main/core/report/templates.ts';
import { clauseSentence } from '../../../src-main/core/report/wording.ts';
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

  it('adds up: each side of the control totals equals its population', () => {
    const model = composeReconciliationCertificate(reportInputs());
    const block = model.sections
      .flatMap((section) => section.blocks)
      .find((item) => item.type === 'table' && item.anchor === 'control-totals');
    if (block?.type !== 'table') throw new Error('no control totals');
    const column = (index: number): number[] => block.rows.map((row) => Number(row[index]?.[0]?.text));
    const [populationA, excluded, inScope, matched, only, neither] = column(1).map((value) =>
      Number.isNaN(value) ? 0 : value,
    );
    expect((excluded ?? 0) + (inScope ?? 0)).toBe(populationA);
    expect((matched ?? 0) + (only ?? 0) + (neither ?? 0)).toBe(inScope);
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
