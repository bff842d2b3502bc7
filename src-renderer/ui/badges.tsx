/**
 * Badges for severity, verdict, state, tier and lifecycle, and the two small meters of a table row.
 *
 * Each badge is an icon and a word, so that colour never carries meaning alone (WCAG 2.2, 1.4.1); the tones live in the
 * stylesheet beside this file and hold 4.5:1 in light and dark.
 */
import {
  type Icon,
  IconAlertCircle,
  IconAlertOctagon,
  IconAlertTriangle,
  IconArchive,
  IconArrowBackUp,
  IconArrowsDiff,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleDot,
  IconCircleMinus,
  IconCirclePlus,
  IconCircleX,
  IconCopy,
  IconEqual,
  IconEyeOff,
  IconFingerprint,
  IconHelpCircle,
  IconInfoCircle,
  IconPencil,
  IconRadar,
  IconRocket,
  IconShieldCheck,
  IconStairs,
  IconTool,
  IconUnlink,
} from '@tabler/icons-react';
import type { JSX } from 'react';
import {
  type ClauseMode,
  type FindingState,
  findingStateLabels,
  type Outcome,
  type Severity,
  severities,
} from '../../src-shared/domain/finding.ts';
import { type Verdict, verdictLabels, verdictSchema } from '../../src-shared/domain/verdict.ts';
import classes from './badges.module.css';

export type Tone = 'critical' | 'high' | 'medium' | 'low' | 'neutral' | 'good' | 'violet';
export type Change = 'same' | 'added' | 'removed' | 'changed';

interface Look {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly word: string;
}

const severityLooks: Readonly<Record<Severity, Look>> = {
  critical: { tone: 'critical', icon: IconAlertOctagon, word: 'Critical' },
  high: { tone: 'high', icon: IconAlertTriangle, word: 'High' },
  medium: { tone: 'medium', icon: IconAlertCircle, word: 'Medium' },
  low: { tone: 'low', icon: IconInfoCircle, word: 'Low' },
  info: { tone: 'neutral', icon: IconInfoCircle, word: 'Info' },
};

const verdictTones: Readonly<Record<Verdict, Omit<Look, 'word'>>> = {
  matched: { tone: 'good', icon: IconCircleCheck },
  unregistered: { tone: 'critical', icon: IconRadar },
  orphaned: { tone: 'high', icon: IconUnlink },
  mutated: { tone: 'critical', icon: IconFingerprint },
  metadata_drift: { tone: 'medium', icon: IconArrowsDiff },
  stage_mismatch: { tone: 'medium', icon: IconStairs },
  vanished: { tone: 'high', icon: IconEyeOff },
  duplicate: { tone: 'violet', icon: IconCopy },
  cannot_determine: { tone: 'neutral', icon: IconHelpCircle },
};

const stateLooks: Readonly<Record<FindingState, Omit<Look, 'word'>>> = {
  open: { tone: 'high', icon: IconCircleDot },
  accepted_risk: { tone: 'violet', icon: IconShieldCheck },
  remediated: { tone: 'good', icon: IconTool },
  not_applicable: { tone: 'neutral', icon: IconCircleMinus },
  false_positive: { tone: 'neutral', icon: IconCircleX },
  closed: { tone: 'good', icon: IconCircleCheck },
};

const outcomeLooks: Readonly<Record<Outcome, Look>> = {
  pass: { tone: 'good', icon: IconCircleCheck, word: 'Passes' },
  fires: { tone: 'high', icon: IconAlertTriangle, word: 'Fires' },
  cannot_evaluate: { tone: 'violet', icon: IconHelpCircle, word: 'Cannot evaluate' },
  not_applicable: { tone: 'neutral', icon: IconCircleMinus, word: 'Not applicable' },
};

/** Wording by clause strength (regulation reference 0.1): only a breach may be called one. */
const modeLooks: Readonly<Record<ClauseMode, Look>> = {
  breach: { tone: 'critical', icon: IconAlertOctagon, word: 'Breach' },
  readiness: { tone: 'medium', icon: IconStairs, word: 'Readiness gap' },
  expectation_gap: { tone: 'low', icon: IconAlertCircle, word: 'Supervisory expectation' },
  standard_gap: { tone: 'neutral', icon: IconInfoCircle, word: 'Standard gap' },
  house: { tone: 'neutral', icon: IconInfoCircle, word: 'House rule' },
};

const changeLooks: Readonly<Record<Change, Look>> = {
  same: { tone: 'neutral', icon: IconEqual, word: 'Unchanged' },
  added: { tone: 'good', icon: IconCirclePlus, word: 'Added' },
  removed: { tone: 'critical', icon: IconCircleMinus, word: 'Removed' },
  changed: { tone: 'medium', icon: IconPencil, word: 'Changed' },
};

/** Class that sets the tone's ink, ground, line and solid colours on an element. */
export const toneClass = (tone: Tone): string => classes[tone] ?? '';
export const severityTone = (severity: Severity): Tone => severityLooks[severity].tone;
export const severityWord = (severity: Severity): string => severityLooks[severity].word;
export const verdictTone = (verdict: Verdict): Tone => verdictTones[verdict].tone;

/** Any icon and word in a tone; the others are built on it. */
export function ToneBadge({ tone, icon: Glyph, word, title }: Look & { readonly title?: string }): JSX.Element {
  return (
    <span className={`${classes['badge']} ${classes['tone']} ${toneClass(tone)}`} title={title}>
      <Glyph size={14} stroke={2} aria-hidden />
      <span className={classes['word']}>{word}</span>
    </span>
  );
}

export const SeverityBadge = ({ severity }: { readonly severity: Severity }): JSX.Element => (
  <ToneBadge {...severityLooks[severity]} />
);

/** Accepts any text, because a row of the inventory carries its verdict as one; an unknown word is shown as it came. */
export function VerdictBadge({ verdict }: { readonly verdict: string }): JSX.Element {
  const known = verdictSchema.safeParse(verdict);
  if (!known.success) return <ToneBadge tone="neutral" icon={IconHelpCircle} word={verdict} />;
  return <ToneBadge {...verdictTones[known.data]} word={verdictLabels[known.data]} />;
}

export const StateBadge = ({ state }: { readonly state: FindingState }): JSX.Element => (
  <ToneBadge {...stateLooks[state]} word={findingStateLabels[state]} />
);

export const OutcomeBadge = ({ outcome }: { readonly outcome: Outcome }): JSX.Element => (
  <ToneBadge {...outcomeLooks[outcome]} />
);

export const ModeBadge = ({ mode }: { readonly mode: ClauseMode }): JSX.Element => <ToneBadge {...modeLooks[mode]} />;

export const ChangeBadge = ({ change }: { readonly change: Change }): JSX.Element => (
  <ToneBadge {...changeLooks[change]} />
);

const tierTones: ReadonlyMap<string, Tone> = new Map([
  ['1', 'high'],
  ['2', 'medium'],
]);

/** Risk tier of the house, 1 highest. */
export const TierBadge = ({ tier }: { readonly tier: string }): JSX.Element => (
  <ToneBadge
    tone={tierTones.get(tier) ?? 'neutral'}
    icon={IconStairs}
    word={/^\d+$/.test(tier) ? `Tier ${tier}` : humanWord(tier)}
  />
);

const lifecycleLooks: ReadonlyMap<string, Omit<Look, 'word'>> = new Map([
  ['in_use', { tone: 'good', icon: IconRocket }],
  ['deployed', { tone: 'good', icon: IconRocket }],
  ['active', { tone: 'good', icon: IconRocket }],
  ['canary', { tone: 'good', icon: IconRocket }],
  ['healthy', { tone: 'good', icon: IconCircleCheck }],
  ['approved', { tone: 'low', icon: IconCircleCheck }],
  ['restricted', { tone: 'medium', icon: IconAlertCircle }],
  ['suspended', { tone: 'medium', icon: IconCircleMinus }],
  ['paused', { tone: 'medium', icon: IconCircleMinus }],
  ['rolled_back', { tone: 'medium', icon: IconArrowBackUp }],
  ['deprecated', { tone: 'medium', icon: IconArchive }],
  ['withdrawn', { tone: 'critical', icon: IconCircleX }],
  ['rejected', { tone: 'critical', icon: IconCircleX }],
  ['breached', { tone: 'critical', icon: IconAlertTriangle }],
  ['retired', { tone: 'neutral', icon: IconArchive }],
  ['archived', { tone: 'neutral', icon: IconArchive }],
  ['decommissioned', { tone: 'neutral', icon: IconArchive }],
  ['disabled', { tone: 'neutral', icon: IconCircleMinus }],
]);

/** Status of a model, a version, a deployment or a monitor; a word that the list does not know stays neutral. */
export function LifecycleBadge({ status }: { readonly status: string }): JSX.Element {
  const look = lifecycleLooks.get(status.toLowerCase()) ?? { tone: 'neutral' as const, icon: IconCircleDashed };
  return <ToneBadge {...look} word={humanWord(status)} />;
}

const acronyms: ReadonlyMap<string, string> = new Map(
  ['AI', 'API', 'CPU', 'EU', 'GPU', 'ID', 'LLM', 'ML', 'PII', 'URI', 'URL'].map((word) => [word.toLowerCase(), word]),
);

/** `under_review` as `Under review`; anything that is not a bare identifier is left alone. */
export function humanWord(value: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(value)) return value;
  const words = value
    .split('_')
    .map((word) => acronyms.get(word) ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Open findings of a record by severity, each as icon and number, with one spoken sentence for a screen reader. */
export function FindingCounts({ counts }: { readonly counts: Readonly<Record<Severity, number>> }): JSX.Element {
  const present = severities.filter((severity) => counts[severity] > 0);
  if (present.length === 0) return <span className={classes['none']}>none</span>;
  const spoken = present.map((severity) => `${counts[severity]} ${severity}`).join(', ');
  return (
    <span className={classes['counts']} role="img" aria-label={`Open findings: ${spoken}`} title={spoken}>
      {present.map((severity) => {
        const { tone, icon: Glyph } = severityLooks[severity];
        return (
          <span key={severity} className={`${classes['count']} ${toneClass(tone)}`}>
            <Glyph size={14} stroke={2} aria-hidden />
            {counts[severity]}
          </span>
        );
      })}
    </span>
  );
}

/** Share of core fields that are filled, 0..1, as bar and per cent. */
export function Completeness({ share }: { readonly share: number }): JSX.Element {
  // Rounded down: 99.6 % complete must not read as complete.
  const percent = Math.floor(share * 100);
  const tone: Tone = percent === 100 ? 'good' : percent >= 70 ? 'low' : percent >= 40 ? 'medium' : 'high';
  return (
    <span
      className={`${classes['share']} ${toneClass(tone)}`}
      role="img"
      aria-label={`${percent} % of core fields filled`}
    >
      <span className={classes['track']} aria-hidden>
        <span className={classes['fill']} style={{ display: 'block', width: `${percent}%` }} />
      </span>
      <span className={classes['percent']} aria-hidden>
        {percent}%
      </span>
    </span>
  );
}
