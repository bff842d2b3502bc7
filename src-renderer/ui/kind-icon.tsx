/** Icon of a record kind. */
import {
  type Icon,
  IconAdjustments,
  IconAlertHexagon,
  IconBox,
  IconBuilding,
  IconBuildingStore,
  IconChartLine,
  IconCheckupList,
  IconCloudQuestion,
  IconCube,
  IconDatabase,
  IconGauge,
  IconGitPullRequest,
  IconKey,
  IconLogs,
  IconRosetteDiscountCheck,
  IconRoute,
  IconServer2,
  IconShieldExclamation,
  IconTag,
  IconTestPipe,
  IconUser,
  IconVariable,
} from '@tabler/icons-react';
import type { JSX } from 'react';
import type { Kind } from '../../src-shared/domain/dictionary.ts';
import { isKind } from '../../src-shared/domain/dictionary.ts';

const icons: Readonly<Record<Kind, Icon>> = {
  organisation: IconBuilding,
  party: IconUser,
  model: IconCube,
  model_version: IconTag,
  dataset: IconDatabase,
  feature: IconVariable,
  pipeline: IconRoute,
  deployment: IconServer2,
  approval: IconRosetteDiscountCheck,
  validation: IconTestPipe,
  issue: IconAlertHexagon,
  exception: IconShieldExclamation,
  adjustment: IconAdjustments,
  metric: IconChartLine,
  monitoring: IconGauge,
  access_event: IconLogs,
  access_grant: IconKey,
  incident: IconAlertHexagon,
  change_record: IconGitPullRequest,
  third_party: IconBuildingStore,
  assessment: IconCheckupList,
};

/** Decorative: the kind's word always stands beside it. A reference that no record describes gets a cloud. */
export function KindIcon({ kind, size = 16 }: { readonly kind: string; readonly size?: number }): JSX.Element {
  const Glyph = isKind(kind) ? icons[kind] : kind === 'snapshot' ? IconBox : IconCloudQuestion;
  return <Glyph size={size} stroke={1.75} aria-hidden style={{ flex: 'none' }} />;
}
