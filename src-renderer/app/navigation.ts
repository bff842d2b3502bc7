/** The places of the application, in one list: the left navigation, the palette and the `G …` keys are all made from it. */
import {
  type Icon,
  IconArrowsExchange,
  IconChecklist,
  IconDatabaseImport,
  IconFileCertificate,
  IconGitCompare,
  IconHistory,
  IconLayoutDashboard,
  IconListSearch,
  IconMailForward,
  IconQuestionMark,
  IconSettings,
  IconShieldCheck,
  IconSitemap,
  IconTable,
} from '@tabler/icons-react';

export interface Place {
  readonly id: string;
  readonly to:
    | '/dashboard'
    | '/import'
    | '/inventory'
    | '/review-queue'
    | '/diff'
    | '/lineage'
    | '/reconcile'
    | '/findings'
    | '/reports'
    | '/requests'
    | '/trust'
    | '/activity'
    | '/help'
    | '/settings';
  readonly label: string;
  readonly what: string;
  readonly icon: Icon;
  /** Second key after G; Ctrl+digit follows the order of the list. */
  readonly key: string;
  readonly group: 'Overview' | 'Examine' | 'Judge' | 'Issue' | 'Assay';
  /** Reachable without an open workspace. */
  readonly open?: boolean;
}

export const places: readonly Place[] = [
  {
    id: 'dashboard',
    to: '/dashboard',
    label: 'Dashboard',
    what: 'What blocks the audit, in numbers with denominators',
    icon: IconLayoutDashboard,
    key: 'd',
    group: 'Overview',
  },
  {
    id: 'import',
    to: '/import',
    label: 'Snapshots',
    what: 'Verify, preview and import signed snapshots',
    icon: IconDatabaseImport,
    key: 's',
    group: 'Overview',
  },
  {
    id: 'inventory',
    to: '/inventory',
    label: 'Inventory',
    what: 'Every record, searched and filtered',
    icon: IconTable,
    key: 'i',
    group: 'Examine',
  },
  {
    id: 'review-queue',
    to: '/review-queue',
    label: 'Incomplete',
    what: 'Records that miss mandatory fields',
    icon: IconChecklist,
    key: 'q',
    group: 'Examine',
  },
  {
    id: 'lineage',
    to: '/lineage',
    label: 'Lineage',
    what: 'What feeds what, from data to deployment',
    icon: IconSitemap,
    key: 'l',
    group: 'Examine',
  },
  {
    id: 'diff',
    to: '/diff',
    label: 'Changes',
    what: 'What changed between two snapshots',
    icon: IconArrowsExchange,
    key: 'c',
    group: 'Examine',
  },
  {
    id: 'reconcile',
    to: '/reconcile',
    label: 'Reconcile',
    what: 'Claimed against observed against before',
    icon: IconGitCompare,
    key: 'r',
    group: 'Judge',
  },
  {
    id: 'findings',
    to: '/findings',
    label: 'Findings',
    what: 'What rules concluded, and what people decided',
    icon: IconListSearch,
    key: 'f',
    group: 'Judge',
  },
  {
    id: 'reports',
    to: '/reports',
    label: 'Reports',
    what: 'Build, sign and verify reports',
    icon: IconFileCertificate,
    key: 'p',
    group: 'Issue',
  },
  {
    id: 'requests',
    to: '/requests',
    label: 'Requests',
    what: 'What registries were asked for, and what came back',
    icon: IconMailForward,
    key: 'n',
    group: 'Issue',
  },
  {
    id: 'trust',
    to: '/trust',
    label: 'Trust store',
    what: 'Whose signatures count here',
    icon: IconShieldCheck,
    key: 't',
    group: 'Issue',
  },
  {
    id: 'activity',
    to: '/activity',
    label: 'Activity',
    what: 'Everything that was done here, hash-chained',
    icon: IconHistory,
    key: 'a',
    group: 'Issue',
  },
  {
    id: 'help',
    to: '/help',
    label: 'Help',
    what: 'How it works, and a glossary',
    icon: IconQuestionMark,
    key: 'h',
    group: 'Assay',
    open: true,
  },
  {
    id: 'settings',
    to: '/settings',
    label: 'Settings',
    what: 'Theme, keys, locking, recent workspaces',
    icon: IconSettings,
    key: ',',
    group: 'Assay',
    open: true,
  },
];
