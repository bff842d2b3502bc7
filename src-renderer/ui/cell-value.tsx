/**
 * One value with its state and its origin.
 *
 * Missing (no source states it), empty (stated as blank) and unreadable (present, and not to be understood) are three
 * different facts and look different. How far the value can be relied on stands beside it, and a small button shows which
 * snapshot and which place in the evidence it came from.
 */
import { ActionIcon, Button, DataList, Group, Popover, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCopy, IconFileInfo, IconLineDashed, IconMinus } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { RecordRef } from '../../src-shared/domain/record.ts';
import type { Cell } from '../../src-shared/domain/verdict.ts';
import { failureOf } from '../api/client.ts';
import { useAssayQuery } from '../api/hooks.ts';
import { humanWord } from './badges.tsx';
import classes from './cell-value.module.css';
import { copyEvidence } from './evidence.ts';
import { shortDigest } from './hash.tsx';
import { count } from './numbers.ts';
import { RecordLink } from './record-link.tsx';

/** A verdict's cell, or a value that a rule read: the latter has no confidence and no digest. */
export type ShownCell = Cell;

const absent = {
  missing: { icon: IconLineDashed, word: 'Not stated', help: 'No source states this field.' },
  empty: { icon: IconMinus, word: 'Blank', help: 'The source states this field and leaves it blank.' },
} as const;

export const isDigest = (value: string): boolean => /^(?:[a-z0-9]+:)?[0-9a-f]{32,}$/i.test(value);

interface CellValueProps {
  readonly cell: ShownCell;
  /** What the value is, for the popover and for evidence: `Owner of model/credit-pd`. */
  readonly subject: string;
  /** One line, cut with an ellipsis. */
  readonly clip?: boolean;
  readonly withSource?: boolean;
  /** Dictionary identifiers (`under_review`) shown as words. */
  readonly words?: boolean;
  /** The record that the value names: the value becomes a link to it. */
  readonly link?: RecordRef;
}

export function CellValue({
  cell,
  subject,
  clip = false,
  withSource = true,
  words = false,
  link,
}: CellValueProps): JSX.Element {
  return (
    <span className={classes['cell']}>
      {link && cell.state === 'value' ? (
        <RecordLink target={link}>{cell.value}</RecordLink>
      ) : (
        <CellText cell={cell} clip={clip} words={words} />
      )}
      {cell.state === 'value' && cell.confidence !== undefined && cell.confidence !== 'declared' && (
        <span
          className={classes['hint']}
          title={
            cell.confidence === 'inferred'
              ? 'Concluded by the collector, not stated.'
              : 'Seen, and could not be resolved.'
          }
        >
          {cell.confidence}
        </span>
      )}
      {withSource && (cell.locator !== undefined || cell.snapshot !== undefined) && (
        <SourcePopover cell={cell} subject={subject} />
      )}
    </span>
  );
}

/** The value alone, without its origin. */
export function CellText({
  cell,
  clip,
  words,
}: {
  readonly cell: ShownCell;
  readonly clip: boolean;
  readonly words: boolean;
}): JSX.Element {
  if (cell.state === 'missing' || cell.state === 'empty') {
    const { icon: Glyph, word, help } = absent[cell.state];
    return (
      <span className={classes['absent']} title={help}>
        <Glyph size={14} aria-hidden />
        {word}
      </span>
    );
  }
  if (cell.state === 'unreadable') {
    return (
      <span className={`${classes['absent']} ${classes['unreadable']}`} title={cell.value}>
        <IconAlertTriangle size={14} aria-hidden />
        Unreadable
      </span>
    );
  }
  const digest = isDigest(cell.value);
  return (
    <span
      className={`${classes['value']} ${clip ? classes['clip'] : ''} ${digest ? classes['mono'] : ''}`}
      title={digest || clip ? cell.value : undefined}
    >
      {digest ? shortDigest(cell.value, 8) : words ? humanWord(cell.value) : cell.value}
    </span>
  );
}

function SourcePopover({ cell, subject }: { readonly cell: ShownCell; readonly subject: string }): JSX.Element {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover
      opened={opened}
      onClose={close}
      onDismiss={close}
      position="bottom-start"
      width={420}
      shadow="md"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          className={classes['source']}
          variant="subtle"
          color="gray"
          size={24}
          aria-label={`Source of ${subject}`}
          aria-expanded={opened}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <IconFileInfo size={15} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown onClick={(event) => event.stopPropagation()}>
        {opened && <SourceDetails cell={cell} subject={subject} onDone={close} />}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Where the cell's record stands in the signed bytes; not asked where the cell names no record of a snapshot. */
function useCitation({ ref, snapshot, locator }: ShownCell) {
  return useAssayQuery(
    'evidence.cite',
    { snapshot: snapshot ?? 0, ref: ref ?? { kind: 'model', id: '-' }, ...(locator === undefined ? {} : { locator }) },
    { enabled: ref !== undefined && snapshot !== undefined, keepPrevious: false },
  );
}

function SourceDetails({
  cell,
  subject,
  onDone,
}: {
  readonly cell: ShownCell;
  readonly subject: string;
  readonly onDone: () => void;
}): JSX.Element {
  const cited = useCitation(cell);
  const copy = (): void => {
    const done = copyEvidence({
      ...cell,
      subject,
      value: cell.state === 'value' ? cell.value : `(${cell.state})`,
      citation: cited.data,
    });
    notifications.show(
      done ? { message: 'Copied as evidence.' } : { message: 'The clipboard refused the copy.', color: 'red' },
    );
    onDone();
  };
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        {subject}
      </Text>
      <DataList orientation="horizontal" size="sm" labelWidth={92}>
        <Line label="Value">
          {cell.state === 'value' ? (
            <span className={isDigest(cell.value) ? classes['locator'] : ''}>{cell.value}</span>
          ) : (
            <CellText cell={cell} clip={false} words={false} />
          )}
        </Line>
        {cell.snapshot !== undefined && <Line label="Snapshot">{cell.snapshot}</Line>}
        {cell.statementSha256 !== undefined && (
          <Line label="Statement">
            <span className={classes['locator']}>{cell.statementSha256}</span>
          </Line>
        )}
        {cell.ref && (
          <Line label="Record">
            <RecordLink target={cell.ref} {...(cell.snapshot === undefined ? {} : { snapshot: cell.snapshot })} />
          </Line>
        )}
        {cell.locator !== undefined && (
          <Line label="Place">
            <span className={classes['locator']}>{cell.locator}</span>
          </Line>
        )}
        {cited.data?.evidence && (
          <Line label="File">
            <span className={classes['locator']}>sha256:{cited.data.evidence.sha256}</span>
          </Line>
        )}
        {cited.error && <Line label="Signed leaf">{failureOf(cited.error).message}</Line>}
        {cited.data && (
          <Line label="Signed leaf">
            {count(cited.data.leafIndex)} of {count(cited.data.leaves)}, root{' '}
            <span className={classes['locator']}>{shortDigest(cited.data.root)}</span>
          </Line>
        )}
        {cell.confidence !== undefined && <Line label="Confidence">{humanWord(cell.confidence)}</Line>}
      </DataList>
      <Group justify="flex-end">
        <Button
          size="xs"
          variant="light"
          leftSection={<IconCopy size={15} aria-hidden />}
          loading={cited.isFetching}
          onClick={copy}
        >
          Copy as evidence
        </Button>
      </Group>
    </Stack>
  );
}

const Line = ({ label, children }: { readonly label: string; readonly children: React.ReactNode }): JSX.Element => (
  <DataList.Item>
    <DataList.ItemLabel>{label}</DataList.ItemLabel>
    <DataList.ItemValue>{children}</DataList.ItemValue>
  </DataList.Item>
);
