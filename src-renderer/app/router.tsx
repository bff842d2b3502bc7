/** Routes. The address is a hash, because the page comes from a host's own protocol; screens load when first opened. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  // Each screen parses its own parameters with its own zod schema (`useScreenSearch`), where they are used.
  validateSearch: (search: Record<string, unknown>): Record<string, unknown> => search,
});
const at = <P extends string>(path: P, load: Parameters<typeof lazyRouteComponent>[0], name: string) =>
  createRoute({ getParentRoute: () => rootRoute, path, component: lazyRouteComponent(load, name) });

const routeTree = rootRoute.addChildren([
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/start' });
    },
  }),
  at('/start', () => import('../features/start/start-screen.tsx'), 'StartScreen'),
  at('/dashboard', () => import('../features/dashboard/dashboard-screen.tsx'), 'DashboardScreen'),
  at('/import', () => import('../features/import/import-screen.tsx'), 'ImportScreen'),
  at('/inventory', () => import('../features/inventory/inventory-screen.tsx'), 'InventoryScreen'),
  at('/record/$kind/$id', () => import('../features/dossier/dossier-screen.tsx'), 'DossierScreen'),
  at('/review-queue', () => import('../features/review-queue/review-queue-screen.tsx'), 'ReviewQueueScreen'),
  at('/diff', () => import('../features/snapshot-diff/snapshot-diff-screen.tsx'), 'SnapshotDiffScreen'),
  at('/lineage', () => import('../features/lineage/lineage-screen.tsx'), 'LineageScreen'),
  at('/reconcile', () => import('../features/reconcile/reconcile-screen.tsx'), 'ReconcileScreen'),
  at('/findings', () => import('../features/findings/findings-screen.tsx'), 'FindingsScreen'),
  at('/findings/$id', () => import('../features/findings/findings-screen.tsx'), 'FindingsScreen'),
  at('/reports', () => import('../features/reports/reports-screen.tsx'), 'ReportsScreen'),
  at('/requests', () => import('../features/requests/requests-screen.tsx'), 'RequestsScreen'),
  at('/verify', () => import('../features/reports/verify-screen.tsx'), 'VerifyScreen'),
  at('/trust', () => import('../features/trust/trust-screen.tsx'), 'TrustScreen'),
  at('/activity', () => import('../features/activity/activity-screen.tsx'), 'ActivityScreen'),
  at('/help', () => import('../features/help/help-screen.tsx'), 'HelpScreen'),
  at('/settings', () => import('../features/settings/settings-screen.tsx'), 'SettingsScreen'),
]);

export const router = createRouter({ routeTree, history: createHashHistory(), defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
