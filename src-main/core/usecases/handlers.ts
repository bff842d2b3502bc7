/** Every method of the contract with the code that does it; a missing one does not compile. */
import type { MethodName } from '../../../src-shared/contract/contract.ts';
import { activityList } from './activity-list.ts';
import { activityVerify } from './activity-verify.ts';
import { checkLatest } from './check-latest.ts';
import { checkRun } from './check-run.ts';
import { collectRun } from './collect-run.ts';
import type { Handler } from './context.ts';
import { dashboardShow } from './dashboard-show.ts';
import { findingsAnnotate } from './findings-annotate.ts';
import { findingsAssign } from './findings-assign.ts';
import { findingsDecide } from './findings-decide.ts';
import { findingsList } from './findings-list.ts';
import { findingsShow } from './findings-show.ts';
import { inventoryFacets } from './inventory-facets.ts';
import { inventoryList } from './inventory-list.ts';
import { inventoryReviewQueue } from './inventory-review-queue.ts';
import { inventoryShow } from './inventory-show.ts';
import { keysGenerate } from './keys-generate.ts';
import { lineageGraph } from './lineage-graph.ts';
import { packsList } from './packs-list.ts';
import { reconcileRows } from './reconcile-rows.ts';
import { reconcileRun } from './reconcile-run.ts';
import { reconcileRuns } from './reconcile-runs.ts';
import { reportBuild } from './report-build.ts';
import { reportList } from './report-list.ts';
import { reportPdf } from './report-pdf.ts';
import { reportReadiness } from './report-readiness.ts';
import { reportSave } from './report-save.ts';
import { reportSign } from './report-sign.ts';
import { reportTemplatesList } from './report-templates.ts';
import { reportVerify } from './report-verify.ts';
import { snapshotInspect } from './snapshot-inspect.ts';
import { snapshotPack } from './snapshot-pack.ts';
import { snapshotVerify } from './snapshot-verify.ts';
import { snapshotsDiff } from './snapshots-diff.ts';
import { snapshotsImport } from './snapshots-import.ts';
import { snapshotsList } from './snapshots-list.ts';
import { snapshotsShow } from './snapshots-show.ts';
import { trustAdd } from './trust-add.ts';
import { trustExport } from './trust-export.ts';
import { trustList } from './trust-list.ts';
import { trustRead } from './trust-read.ts';
import { trustRevoke } from './trust-revoke.ts';
import { workspaceCreate } from './workspace-create.ts';
import { workspaceInfo } from './workspace-info.ts';
import { workspaceLock } from './workspace-lock.ts';
import { workspaceState } from './workspace-state.ts';
import { workspaceUnlock } from './workspace-unlock.ts';

export const handlers = {
  'workspace.create': workspaceCreate,
  'workspace.unlock': workspaceUnlock,
  'workspace.lock': workspaceLock,
  'workspace.info': workspaceInfo,
  'workspace.state': workspaceState,
  'keys.generate': keysGenerate,
  'trust.list': trustList,
  'trust.read': trustRead,
  'trust.add': trustAdd,
  'trust.revoke': trustRevoke,
  'trust.export': trustExport,
  'collect.run': collectRun,
  'snapshot.pack': snapshotPack,
  'snapshot.inspect': snapshotInspect,
  'snapshot.verify': snapshotVerify,
  'snapshots.import': snapshotsImport,
  'snapshots.list': snapshotsList,
  'snapshots.show': snapshotsShow,
  'snapshots.diff': snapshotsDiff,
  'inventory.list': inventoryList,
  'inventory.facets': inventoryFacets,
  'inventory.show': inventoryShow,
  'inventory.reviewQueue': inventoryReviewQueue,
  'lineage.graph': lineageGraph,
  'reconcile.run': reconcileRun,
  'reconcile.runs': reconcileRuns,
  'reconcile.rows': reconcileRows,
  'check.run': checkRun,
  'check.latest': checkLatest,
  'packs.list': packsList,
  'findings.list': findingsList,
  'findings.show': findingsShow,
  'findings.annotate': findingsAnnotate,
  'findings.decide': findingsDecide,
  'findings.assign': findingsAssign,
  'report.templates': reportTemplatesList,
  'report.readiness': reportReadiness,
  'report.build': reportBuild,
  'report.sign': reportSign,
  'report.verify': reportVerify,
  'report.list': reportList,
  'report.pdf': reportPdf,
  'report.save': reportSave,
  'dashboard.show': dashboardShow,
  'activity.list': activityList,
  'activity.verify': activityVerify,
} satisfies { [M in MethodName]: Handler<M> };
