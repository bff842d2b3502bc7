/** Navigation at the left: dark ink in both schemes, so that the frame and the paper stay apart. */
import { IconHome } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { places } from './navigation.ts';

const groups = ['Overview', 'Examine', 'Judge', 'Issue', 'Assay'] as const;

export function Nav({
  info,
  path,
}: {
  readonly info: OutputOf<'workspace.info'> | null;
  readonly path: string;
}): JSX.Element {
  return (
    <nav className="assay-nav" aria-label="Screens" data-pane="nav">
      {groups.map((group) => {
        const shown = places.filter((place) => place.group === group && (info !== null || place.open === true));
        if (shown.length === 0) return null;
        return (
          <div key={group} className="assay-nav-group" data-last={group === 'Assay'}>
            <div className="assay-nav-title" aria-hidden>
              {group === 'Assay' ? '' : group}
            </div>
            <ul>
              {group === 'Assay' && info === null ? (
                <li>
                  <Link to="/start" className="assay-nav-link" aria-current={path === '/start' ? 'page' : undefined}>
                    <IconHome size={17} stroke={1.6} aria-hidden />
                    Start
                  </Link>
                </li>
              ) : null}
              {shown.map((place) => {
                const here =
                  path === place.to ||
                  path.startsWith(`${place.to}/`) ||
                  (place.id === 'inventory' && path.startsWith('/record/'));
                const Icon = place.icon;
                return (
                  <li key={place.id}>
                    <Link
                      to={place.to}
                      className="assay-nav-link"
                      aria-current={here ? 'page' : undefined}
                      title={place.what}
                    >
                      <Icon size={17} stroke={1.6} aria-hidden />
                      {place.label}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
