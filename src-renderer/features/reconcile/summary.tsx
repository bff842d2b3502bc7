/** The run at a glance: what may be concluded and why, and the control totals, each with its denominator. */
import { Anchor, HoverCard, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { matchKeys } from '../../../src-shared/domain/verdict.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import classes from './reconcile.module.css';

export type Run = OutputOf<'reconcile.runs'>['runs'][number];

const conclusions = {
  certified: { tone: 'good', icon: IconCircleCheck, word: 'Certified' },
  certified_with_exceptions: { tone: 'medium', icon: IconAlertTriangle, word: 'Certified with exceptions' },
  cannot_certify: { tone: 'critical', icon: IconCircleX, word: 'Cannot certify' },
} as const;

export const keyWords: Readonly<Record<(typeof matchKeys)[number], string>> = {
  weight_digest: 'weight digest',
  image_digest: 'image digest',
  model_reference: 'model reference',
  id: 'id',
  name: 'name',
};

/** A manifest says what somebody means to run; it was not observed. */
const declared = (number: number): string => (number === 0 ? '' : `, ${count(number)} only declared by a manifest`);

export function Summary({ run }: { readonly run: Run }): JSX.Element {
  const { totals, conclusion } = run;
  const { coverage } = totals;
  const { claims, observations, declaredOnly } = totals.control;
  return (
    <section className={classes['summary']} aria-label="Result of this run">
      <div className={classes['conclusion']}>
        <span>
          <ToneBadge {...conclusions[conclusion.state]} />
        </span>
        {conclusion.reasons.length > 0 && (
          <ul className={classes['reasons']}>
            {conclusion.reasons.slice(0, 2).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
            {conclusion.reasons.length > 2 && (
              <li title={conclusion.reasons.slice(2).join('\n')}>and {conclusion.reasons.length - 2} more</li>
            )}
          </ul>
        )}
      </div>
      <Total
        value={claims.matched}
        of={claims.total - claims.notLive}
        label={`registry claims found, of those live or found${declared(declaredOnly.claimsMatched)}`}
      />
      <Total
        value={observations.matched}
        of={observations.total}
        label={`found deployments that are registered${declared(declaredOnly.observationsMatched)}`}
      />
      <Total
        value={coverage.inputsUsed}
        of={coverage.inputsSeen}
        label={`discovery inputs read${coverage.complete ? ', coverage complete' : ', coverage has gaps'}`}
      />
      <Stack gap={2} justify="center">
        <HoverCard width={360} shadow="md" position="bottom-end">
          <HoverCard.Target>
            <Anchor component="button" type="button" size="sm" lh="24px">
              How it was matched
            </Anchor>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <Text size="sm" fw={600} mb={4}>
              Observations by the key that matched, in this order
            </Text>
            {matchKeys.map((key) => (
              <Text key={key} size="sm">
                {count(totals.byMatchKey[key] ?? 0)} by {keyWords[key]}
              </Text>
            ))}
            <Text size="sm" fw={600} mt="sm" mb={4}>
              What observations rest on
            </Text>
            {Object.entries(totals.observationBasis).map(([basis, n]) => (
              <Text key={basis} size="sm">
                {count(n)} {basis.replaceAll('_', ' ')}
              </Text>
            ))}
          </HoverCard.Dropdown>
        </HoverCard>
        <HoverCard width={420} shadow="md" position="bottom-end">
          <HoverCard.Target>
            <Anchor component="button" type="button" size="sm" lh="24px">
              Scope and gaps
            </Anchor>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <Text size="sm">Scope: {coverage.scope.join(', ') || 'not stated'}</Text>
            <Text size="sm" mt={6}>
              {countOf(coverage.inputsSkipped, 'input')} skipped of {count(coverage.inputsSeen)}.
            </Text>
            {coverage.gaps.map((gap) => (
              <Text key={gap} size="sm" mt={4} c="var(--assay-warn)">
                {gap}
              </Text>
            ))}
          </HoverCard.Dropdown>
        </HoverCard>
      </Stack>
    </section>
  );
}

const Total = ({
  value,
  of,
  label,
}: {
  readonly value: number;
  readonly of: number;
  readonly label: string;
}): JSX.Element => (
  <div className={classes['total']}>
    <div className={classes['totalValue']}>
      {count(value)} <span className={classes['totalOf']}>of {count(of)}</span>
    </div>
    <div className={classes['totalLabel']}>{label}</div>
  </div>
);
