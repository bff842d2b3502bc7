/**
 * What a screen shows when it has no rows to show: loading, empty for one of four different reasons, or failed.
 *
 * The reasons are kept apart on purpose: "nothing imported", "no match", "not permitted" and "no issue found" ask four
 * different things of a reader.
 */
import { Button, Code, Group, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconChecks, IconCopy, IconDatabaseImport, IconFilterOff, IconLock, IconShieldX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type JSX, type ReactNode, useEffect, useState } from 'react';
import { contract, type MethodName } from '../../src-shared/contract/contract.ts';
import type { Failure } from '../../src-shared/result.ts';
import { failureOf } from '../api/client.ts';
import { CopyButton } from './copy-button.tsx';

/** Nothing for 150 ms, then grey lines: a fast answer must not flicker. */
export function Loading({
  rows = 6,
  label = 'Loading',
}: {
  readonly rows?: number;
  readonly label?: string;
}): JSX.Element {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={label} aria-busy="true">
      {late ? (
        <Stack gap="sm" py="xs">
          {Array.from({ length: rows }, (_, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity.
            <Skeleton key={row} height={18} radius="sm" width={`${96 - ((row * 17) % 38)}%`} />
          ))}
        </Stack>
      ) : null}
    </div>
  );
}

interface EmptyFrameProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

function EmptyFrame({ icon, title, children, action }: EmptyFrameProps): JSX.Element {
  return (
    <div className="assay-empty">
      {icon}
      <Title order={2}>{title}</Title>
      <Text component="div" size="sm" c="dimmed" maw={520} ta="center">
        {children}
      </Text>
      {action}
    </div>
  );
}

const bigIcon = (icon: ReactNode, color: string): JSX.Element => (
  <ThemeIcon variant="light" color={color} size={48} radius="xl" aria-hidden>
    {icon}
  </ThemeIcon>
);

/** Empty, reason 1: there is no snapshot yet. */
export function EmptyNothingImported({ what = 'This screen' }: { readonly what?: string }): JSX.Element {
  return (
    <EmptyFrame
      icon={bigIcon(<IconDatabaseImport size={26} />, 'verdigris')}
      title="Nothing imported yet"
      action={
        <Button component={Link} to="/import" leftSection={<IconDatabaseImport size={16} />}>
          Import a snapshot
        </Button>
      }
    >
      {what} fills as soon as a signed snapshot has been verified and imported. Nothing is read from the network.
    </EmptyFrame>
  );
}

/** Empty, reason 2: there are rows, and the filters leave none. `hint` names the filter that removes most. */
export function EmptyNoMatch({
  onClear,
  hint,
}: {
  readonly onClear: () => void;
  readonly hint?: ReactNode;
}): JSX.Element {
  return (
    <EmptyFrame
      icon={bigIcon(<IconFilterOff size={26} />, 'gray')}
      title="No match for these filters"
      action={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      {hint ?? 'There are rows, but none fits every filter that is set.'}
    </EmptyFrame>
  );
}

/** Empty, reason 3: another role may see it. */
export function EmptyNotPermitted({ role, needs }: { readonly role: string; readonly needs: string }): JSX.Element {
  return (
    <EmptyFrame icon={bigIcon(<IconLock size={26} />, 'gray')} title="Not permitted for your role">
      You work here as {role}; this needs the role {needs}. Someone with that role can do it in this workspace.
    </EmptyFrame>
  );
}

/** Empty, reason 4: it was looked at, and there is nothing to report. `checked` says what was looked at and when. */
export function EmptyNoIssue({
  checked,
  action,
}: {
  readonly checked: ReactNode;
  readonly action?: ReactNode;
}): JSX.Element {
  return (
    <EmptyFrame icon={bigIcon(<IconChecks size={26} />, 'green')} title="No issue found" action={action}>
      {checked}
    </EmptyFrame>
  );
}

/** Empty, for what a person has not started yet: say what it would show and offer to start it. */
export function EmptyNotRun({
  title,
  children,
  action,
  icon,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
}): JSX.Element {
  return (
    <EmptyFrame icon={icon ? bigIcon(icon, 'verdigris') : null} title={title} action={action}>
      {children}
    </EmptyFrame>
  );
}

/** Failed: what failed (the message says what is safe and what to do), a code to quote, and a way out. */
export function ErrorPanel({
  error,
  what,
  onRetry,
}: {
  readonly error: unknown;
  /** A method of the contract, or words, for what was being done. */
  readonly what?: MethodName | (string & {});
  readonly onRetry?: () => void;
}): JSX.Element {
  const failure: Failure = isFailure(error) ? error : failureOf(error);
  const details = JSON.stringify(failure, null, 2);
  return (
    <div className="assay-error" role="alert">
      <Group align="flex-start" wrap="nowrap" gap="sm">
        <IconShieldX size={20} aria-hidden className="assay-error-icon" />
        <Stack gap={6} flex={1} miw={0}>
          <Text fw={600}>{what ? `${titleOf(what)}: ${heads[failure.kind]}` : capital(heads[failure.kind])}</Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {failure.message}
          </Text>
          <Group gap="xs" mt={4}>
            {onRetry ? (
              <Button size="xs" variant="default" onClick={onRetry}>
                Try again
              </Button>
            ) : null}
            <CopyButton text={details} label="Copy details" icon={<IconCopy size={14} />} />
            <Code fz="xs">{failure.code}</Code>
          </Group>
        </Stack>
      </Group>
    </div>
  );
}

const heads: Readonly<Record<Failure['kind'], string>> = {
  usage: 'that request cannot be carried out',
  input: 'something in the data does not fit',
  trust: 'refused, because it could not be trusted',
  locked: 'the workspace is locked',
  refused: 'refused',
  cancelled: 'cancelled',
  internal: 'Assay made a mistake',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const titleOf = (what: string): string => (Object.hasOwn(contract, what) ? contract[what as MethodName].title : what);

function isFailure(error: unknown): error is Failure {
  return (
    typeof error === 'object' &&
    error !== null &&
    !(error instanceof Error) &&
    'code' in error &&
    'message' in error &&
    'kind' in error
  );
}
