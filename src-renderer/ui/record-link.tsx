/** A link to a record's dossier. In a grid it takes no tab stop of its own, because Enter on the row does the same. */
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import { formatRef, type RecordRef } from '../../src-shared/domain/record.ts';

interface RecordLinkProps {
  readonly target: RecordRef;
  readonly snapshot?: number;
  readonly inGrid?: boolean;
  /** Absent: `kind/id`. */
  readonly children?: ReactNode;
}

export function RecordLink({ target, snapshot, inGrid = false, children }: RecordLinkProps): JSX.Element {
  return (
    <Anchor
      inherit
      truncate={inGrid ? 'end' : false}
      style={inGrid ? { minWidth: 0 } : { overflowWrap: 'anywhere' }}
      renderRoot={(props) => (
        <Link
          {...props}
          to="/record/$kind/$id"
          params={{ kind: target.kind, id: target.id }}
          search={snapshot === undefined ? {} : { snapshot }}
          {...(inGrid ? { tabIndex: -1 } : {})}
        />
      )}
    >
      {children ?? formatRef(target)}
    </Anchor>
  );
}
