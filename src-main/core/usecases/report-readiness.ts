import { reportGate } from '../report/gate.ts';
import type { Handler } from './context.ts';
import { gatherReportInputs } from './gather-report-inputs.ts';

const links: Readonly<Record<string, string>> = {
  'section-3': '/import',
  'section-4': '/reconcile',
  'section-5': '/findings',
  'section-9': '/findings',
};

/** What stands in the way of a report, before it is built. */
export const reportReadiness: Handler<'report.readiness'> = (context, input) => {
  const inputs = gatherReportInputs(context.workspace(), context.workspace().reader, {
    template: input.template,
    preparedBy: context.workspace().user.name,
    reviewedBy: '',
    title: null,
    classification: '',
    now: context.clock.now(),
  });
  return {
    lines: reportGate(inputs).map((line) => ({
      level: line.level,
      text: line.text,
      link: line.link.startsWith('finding:')
        ? `/findings?rules=${line.link.slice('finding:'.length)}`
        : (links[line.link] ?? '/reports'),
    })),
  };
};
