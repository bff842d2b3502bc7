import { reportTemplates } from '../report/templates.ts';
import type { Handler } from './context.ts';

/** Reports that can be built, with their sections. */
export const reportTemplatesList: Handler<'report.templates'> = () => ({ templates: reportTemplates() });
