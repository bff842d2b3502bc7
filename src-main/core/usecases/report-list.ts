import { listReports } from '../store/report-queries.ts';
import type { Handler } from './context.ts';

/** Reports of this workspace, newest first. */
export const reportList: Handler<'report.list'> = (context) => ({ reports: listReports(context.workspace().reader) });
