/** Every imported snapshot that holds this record, newest first, and whether it changed there. */
import { Anchor, Button, Group } from '@mantine/core';
import { IconCircle, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Panel } from '../../ui/page.tsx';
import classes from './dossier.module.css';
import type { Dossier } from './facts-tab.tsx';

interface HistoryTabProps {
  readonly dossier: Dossier;
  readonly onCompare: (snapshot: number) => void;
}

export function HistoryTab({ dossier, onCompare }: HistoryTabProps): JSX.Element {
  const changes = dossier.history.filter(({ changed }) => changed).length;
  return (
    <Panel title="Snapshots that hold this record" note={`${dossier.history.length} snapshots, changed in ${changes}`}>
      <ol className={classes['history']}>
        {dossier.history.toReversed().map((entry, index) => (
          <li key={entry.snapshot}>
            {entry.changed ? (
              <IconPencil size={16} aria-hidden />
            ) : (
              <IconCircle size={10} aria-hidden style={{ marginInline: 3 }} />
            )}
            <Group gap="sm">
              <Anchor
                inherit
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/record/$kind/$id"
                    params={{ kind: dossier.ref.kind, id: dossier.ref.id }}
                    search={{ snapshot: entry.snapshot }}
                  />
                )}
              >
                Snapshot {entry.snapshot}
              </Anchor>
              <Instant at={entry.takenAt} clock="Taken, by the collector's clock" />
              <span>
                {index === dossier.history.length - 1 ? 'first seen' : entry.changed ? 'changed' : 'unchanged'}
              </span>
              <Hash value={entry.digest} label="Record digest" />
            </Group>
            {entry.snapshot !== dossier.snapshot ? (
              <Button size="compact-sm" variant="default" onClick={() => onCompare(entry.snapshot)}>
                Compare
              </Button>
            ) : (
              <span className={classes['rowSide']}>shown</span>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
