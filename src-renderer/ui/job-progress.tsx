/** A running job: stage, how much of how much, rate, and a way to stop that leaves nothing half done. */
import { Progress as Bar, Button, Group, Stack, Text } from '@mantine/core';
import type { JSX } from 'react';
import type { Progress } from '../../src-shared/contract/progress.ts';
import { bytes, count } from './numbers.ts';

interface JobProgressProps {
  readonly title: string;
  readonly progress: Progress | null;
  readonly startedAt: number;
  readonly onCancel?: () => void;
  readonly cancelNote?: string;
}

export function JobProgress({ title, progress, startedAt, onCancel, cancelNote }: JobProgressProps): JSX.Element {
  const share = progressShare(progress);
  return (
    <Stack gap={6} className="assay-job" role="status" aria-live="polite">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600}>
          {title}
          {progress ? <Text span fw={400} c="dimmed">{` · ${progress.phase}`}</Text> : null}
        </Text>
        {onCancel ? (
          <Button size="xs" variant="default" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </Group>
      <Bar value={share ?? 100} animated={share === null} size="sm" aria-label={title} />
      <Text size="xs" c="dimmed">
        {progressText(progress, startedAt)}
        {cancelNote ? ` ${cancelNote}` : ''}
      </Text>
    </Stack>
  );
}

/** 0..100, or null when the total is not known. */
export const progressShare = (progress: Progress | null): number | null =>
  progress && progress.total > 0 ? Math.min(100, (100 * progress.done) / progress.total) : null;

export function progressText(progress: Progress | null, startedAt: number): string {
  if (!progress) return 'Starting…';
  const show = progress.unit === 'bytes' ? bytes : count;
  const unit = progress.unit === 'bytes' ? '' : ` ${progress.unit}`;
  const seconds = (performance.now() - startedAt) / 1000;
  const amount =
    progress.total > 0 ? `${show(progress.done)} of ${show(progress.total)}${unit}` : `${show(progress.done)}${unit}`;
  const rate = seconds > 1 && progress.done > 0 ? ` · ${show(Math.round(progress.done / seconds))}${unit}/s` : '';
  return `${amount}${rate}`;
}
