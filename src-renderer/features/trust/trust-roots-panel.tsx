/** The trust roots as a whole: how many must sign, when they last changed, who signs trust files, and what is not known. */
import { Button, Group, Text } from '@mantine/core';
import type { JSX } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { trustMaxAgeDays } from '../../../src-shared/domain/trust.ts';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';

type Trust = OutputOf<'trust.list'>;

interface TrustRootsPanelProps {
  readonly trust: Trust;
  readonly onThreshold: () => void;
  readonly onConfirm: () => void;
}

export function TrustRootsPanel({ trust, onThreshold, onConfirm }: TrustRootsPanelProps): JSX.Element {
  const stale = trust.keys.filter((key) => key.stale);
  const own = Object.entries(trust.thresholds);
  return (
    <Panel
      title="Trust roots"
      note="Pinned inside this encrypted workspace: no file on disk changes them"
      actions={
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onThreshold}>
            Signatures needed…
          </Button>
          <Button size="xs" variant="default" onClick={onConfirm}>
            Confirm all…
          </Button>
        </Group>
      }
    >
      <dl className="assay-facts">
        <div>
          <dt>Signatures needed</dt>
          <dd>
            {trust.threshold}, and {countOf(trust.usableKeys, 'key')} can sign
            {own.map(([registryId, threshold]) => (
              <div key={registryId} className="assay-trust-own">
                {Math.max(threshold, trust.threshold)} for {registryId}
              </div>
            ))}
          </dd>
        </div>
        <div>
          <dt>Last changed</dt>
          <dd>{trust.changedAt ? <Instant at={trust.changedAt} style="full" /> : 'Never'}</dd>
        </div>
        <div>
          <dt>Trust files of</dt>
          <dd>
            {trust.issuer ? (
              <>
                {trust.issuer.name}, number {trust.issuer.serial}{' '}
                <Hash
                  value={trust.issuer.fingerprint.replaceAll(' ', '')}
                  label="Fingerprint of the issuer"
                  copy={false}
                />
              </>
            ) : (
              'Nobody yet'
            )}
          </dd>
        </div>
      </dl>
      {trust.usableKeys < trust.threshold ? (
        <Text size="sm" mt="sm" className="assay-trust-count" data-bad>
          Only {countOf(trust.usableKeys, 'key')} can sign now, so no new snapshot can be accepted: trust another key or
          lower the number.
        </Text>
      ) : null}
      {stale.length > 0 ? (
        <Text size="sm" mt="sm" className="assay-trust-stale" role="status">
          Nobody has told about {stale.map(({ label }) => `“${label}”`).join(', ')} for more than {trustMaxAgeDays}{' '}
          days. Ask the publisher whether a key was revoked, then confirm, or import a newer trust file.
        </Text>
      ) : null}
    </Panel>
  );
}
