/** What a person must keep in mind on every screen, in a bar that cannot be closed: a broken chain, a revoked signer, reading only. */
import { IconEye, IconShieldX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { lastAccepted } from '../../src-shared/domain/trust.ts';
import { useAssayQuery } from '../api/hooks.ts';
import { countOf } from '../ui/numbers.ts';

export function StandingBar({ info }: { readonly info: OutputOf<'workspace.info'> }): JSX.Element | null {
  const snapshots = useAssayQuery('snapshots.list', {});
  const trust = useAssayQuery('trust.list', {});
  const list = snapshots.data?.snapshots ?? [];
  const timeline = useAssayQuery('registries.timeline', {});
  const lanes = (timeline.data?.registries ?? []).flatMap((registry) => registry.lane);
  const forked = lanes.filter((entry) => entry.link === 'fork').length;
  const revoked = (trust.data?.keys ?? []).filter((key) => {
    const { revoked: end } = key;
    return (
      end !== undefined &&
      list.some(
        ({ signer, registryId, sequence }) =>
          signer === key.label && sequence > (lastAccepted(end, registryId) ?? Number.NEGATIVE_INFINITY),
      )
    );
  });
  if (forked === 0 && revoked.length === 0 && !info.readOnly) return null;
  return (
    <div className="assay-standing">
      {forked > 0 ? (
        <p data-tone="bad" role="alert">
          <IconShieldX size={16} aria-hidden /> {countOf(forked, 'snapshot')} of a forked chain: two histories claim the
          same place. Reports will say so. <Link to="/import">Show the snapshots</Link>
        </p>
      ) : null}
      {revoked.map((key) => (
        <p key={key.hint} data-tone="bad" role="alert">
          <IconShieldX size={16} aria-hidden /> The key “{key.label}” was revoked, and snapshots it signed after that
          point are imported here. <Link to="/trust">Show the trust store</Link>
        </p>
      ))}
      {info.readOnly ? (
        <p data-tone="warn">
          <IconEye size={16} aria-hidden /> Reading only: this workspace was opened with its recovery code. Nothing can
          be changed.
        </p>
      ) : null}
    </div>
  );
}
