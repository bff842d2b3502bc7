/**
 * Comparing a fingerprint with the one that came over another channel, group by group.
 *
 * What was heard or printed is typed or pasted; the first group that differs is marked and named. Ticking a box remains for those
 * who compared by eye, and is taken away as soon as what was typed says otherwise.
 */
import { Checkbox, Stack, Text, Textarea } from '@mantine/core';
import { Fragment, type JSX } from 'react';
import { compareFingerprints, type FingerprintComparison } from '../../src-shared/domain/fingerprint.ts';
import { CopyIcon } from './copy-button.tsx';
import './fingerprint-compare.css';

export interface Comparison {
  /** What the person typed. */
  readonly given: string;
  readonly ticked: boolean;
}
export const notCompared: Comparison = { given: '', ticked: false };

/** Typed whole and equal in every group, or compared by eye. */
export function isCompared(actual: string, { given, ticked }: Comparison): boolean {
  const { state } = compareFingerprints(actual, given);
  return state === 'same' || (state === 'empty' && ticked);
}

interface FingerprintCompareProps {
  readonly actual: string;
  readonly value: Comparison;
  readonly onChange: (value: Comparison) => void;
  /** "the publisher", "the administrator": who says what it should be. */
  readonly who: string;
}

export function FingerprintCompare({ actual, value, onChange, who }: FingerprintCompareProps): JSX.Element {
  const comparison = compareFingerprints(actual, value.given);
  return (
    <Stack gap="sm">
      <div className="assay-key">
        <Text size="xs" c="dimmed">
          Fingerprint (SHA-256 of the key)
        </Text>
        <Groups comparison={comparison} actual={actual} />
      </div>
      <Textarea
        label={`The fingerprint as ${who} gave it to you`}
        description="Over another channel: on paper, by telephone, in a meeting. Type or paste it, with or without spaces."
        value={value.given}
        onChange={(event) => onChange({ ...value, given: event.currentTarget.value })}
        autosize
        minRows={2}
        classNames={{ input: 'assay-compare-input' }}
        autoComplete="off"
        spellCheck={false}
        error={problemOf(comparison)}
      />
      <Text size="sm" role="status" className="assay-compare-status" data-state={comparison.state}>
        {statusOf(comparison)}
      </Text>
      {comparison.state === 'empty' ? (
        <Checkbox
          checked={value.ticked}
          onChange={(event) => onChange({ ...value, ticked: event.currentTarget.checked })}
          label={`I compared the fingerprint with ${who} on another channel, and it is the same`}
        />
      ) : null}
    </Stack>
  );
}

function Groups({
  comparison,
  actual,
}: {
  readonly comparison: FingerprintComparison;
  readonly actual: string;
}): JSX.Element {
  return (
    <div className="assay-compare-groups">
      <p>
        {comparison.groups.map((group, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sixteen groups in a fixed order; two can be equal.
          <Fragment key={index}>
            {index === 0 ? '' : ' '}
            <span
              data-state={comparison.state === 'empty' ? 'missing' : group.state}
              data-first={comparison.firstDifference === index + 1}
            >
              {group.actual}
            </span>
          </Fragment>
        ))}
      </p>
      <CopyIcon text={actual} label="Copy fingerprint" />
    </div>
  );
}

function problemOf({ state, groups, firstDifference }: FingerprintComparison): string | null {
  if (state === 'unreadable') return 'This holds something that is no hexadecimal digit, or too many of them.';
  const group = firstDifference === null ? undefined : groups[firstDifference - 1];
  if (!group) return null;
  return `Group ${firstDifference} differs: the key has ${group.actual}, you have ${group.given}. Do not trust this key before you know why.`;
}

function statusOf({ state, groups }: FingerprintComparison): string {
  const same = groups.filter((group) => group.state === 'same').length;
  if (state === 'same') return 'All 16 groups are the same.';
  if (state === 'incomplete') return `${same} of 16 groups given so far agree; give all of them.`;
  return '';
}
