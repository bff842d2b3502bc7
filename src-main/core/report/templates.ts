/** The report templates that a person can choose from, with the sections each one always has (regulation reference part 4). */
import type { TemplateId } from '../../../src-shared/contract/schemas/report.ts';

export interface ReportTemplate {
  readonly id: TemplateId;
  readonly title: string;
  readonly reader: string;
  /** Title of a report that nobody titled; the organisation follows. */
  readonly subject: string;
  readonly sections: readonly string[];
}

export const templates: Readonly<Record<TemplateId, ReportTemplate>> = {
  'internal-audit': {
    id: 'internal-audit',
    title: 'Internal audit workpaper',
    reader: 'Audit lead, audit committee, external auditor',
    subject: 'Model inventory audit',
    sections: [
      '1 Control sheet',
      '2 Objective and criteria',
      '3 Population and reliability of data',
      '4 Understanding and risk',
      '5 Procedures',
      '6 Results matrix',
      '7 Findings',
      '8 Auditor dispositions',
      '9 Scope limits',
      '10 Separation of duties and access test',
      '11 Integrity test',
      '12 Follow-up',
      '13 Conclusion and sign-off',
      'A Re-performance annex',
    ],
  },
  'reconciliation-certificate': {
    id: 'reconciliation-certificate',
    title: 'Reconciliation certificate',
    reader: 'Auditor, controller, head of model risk',
    subject: 'Model registry reconciliation',
    sections: [
      '1 Certificate',
      '2 Sources',
      '3 Matching method',
      '4 Control totals',
      '5 Found, not in the registry',
      '6 In the registry, not found',
      '7 Matched with differences',
      '8 Against the previous snapshot',
      '9 Ageing and disposition',
      '10 Conclusion',
      '11 Evidence chain',
      '12 Sign-off and limits',
    ],
  },
};

/** Shape of the contract's `report.templates`. */
export const reportTemplates = (): { id: TemplateId; title: string; reader: string; sections: string[] }[] =>
  Object.values(templates).map(({ id, title, reader, sections }) => ({ id, title, reader, sections: [...sections] }));
