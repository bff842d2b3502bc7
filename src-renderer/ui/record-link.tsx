/** A link to a record's dossier. In a grid it takes no tab stop of its own, because Enter on the row does the same. */
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import { formatRef, type RecordRef } from '../../src-shared/domain/record.ts';
import classes from './record-link.module.css';

interface RecordLinkProps {
  readonly target: RecordRef;
  readonly snapshot?: number;
  readonly inGrid?: boolean;
  /** Absent: `kind/id`. */
  readonly children?: ReactNode;
}

export function RecordLink({ target, snapshot, inGrid = false, children }: RecordLinkProps): JSX.Element {
  if (inGrid) {
    // A plain link: the router's own listens to every change of address, which forty rows in view would all pay for.
    const query = snapshot === undefined ? '' : `?snapshot=${snapshot}`;
    return (
      <a
        className={classes['inGrid']}
        tabIndex={-1}
        href={`#/record/${target.kind}/${encodeURIComponent(target.id)}${query}`}
      >
        {children ?? formatRef(target)}
      </a>
    );
  }
  return (
    <Anchor
      inherit
      style={{ overflowWrap: 'anywhere' }}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/record/$kind/$id"
          params={{ kind: target.kind, id: target.id }}
          search={snapshot === undefined ? {} : { snapshot }}
        />
      )}
    >
      {children ?? formatRef(target)}
    </Anchor>
  );
}
