/** Taking over an administrator's signed trust file: first what it would change, at first contact with his fingerprint compared. */
import { Text } from '@mantine/core';
import { type JSX, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { FingerprintCompare, isCompared, notCompared } from '../../ui/fingerprint-compare.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

interface ImportTrustDialogProps {
  readonly file: Picked;
  readonly onClose: () => void;
}

export function ImportTrustDialog({ file, onClose }: ImportTrustDialogProps): JSX.Element {
  const preview = useAssayQuery('trust.import', { file: file.grant, dryRun: true }, { keepPrevious: false });
  const take = useAssayCommand('trust.import');
  const [comparison, setComparison] = useState(notCompared);
  const { data } = preview;
  const submit = async (): Promise<void> => {
    if (!data) return;
    try {
      // Compared by eye or typed, the issuer that was shown is the one that is pinned.
      await take.mutateAsync({ file: file.grant, issuer: data.issuer.fingerprint });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  const isKnown = data !== undefined && (!data.firstContact || isCompared(data.issuer.fingerprint, comparison));
  return (
    <Confirm
      opened
      title={`Import the trust file ${file.name}?`}
      action="Take it over"
      busy={take.isPending}
      disabled={!isKnown}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      {preview.error ? <ErrorPanel error={preview.error} what="trust.import" /> : null}
      {preview.isPending ? <Loading rows={3} /> : null}
      {data ? (
        <>
          <Text size="sm">
            Number {data.serial} of {data.issuer.name}, issued <Instant at={data.issuedAt} style="full" />, with{' '}
            {countOf(data.keys, 'key')}.{' '}
            {data.previousSerial === null ? '' : `Number ${data.previousSerial} was taken over before.`}
          </Text>
          {data.firstContact ? (
            <>
              <Text size="sm" fw={600} className="assay-trust-stale">
                This is the first trust file from {data.issuer.name}: from now on only this issuer's files are taken,
                and never an older one.
              </Text>
              <FingerprintCompare
                actual={data.issuer.fingerprint}
                value={comparison}
                onChange={setComparison}
                who="the administrator"
              />
            </>
          ) : (
            <Fingerprint value={data.issuer.fingerprint} />
          )}
          <Changes changes={data.changes} />
        </>
      ) : null}
      {take.error ? <ErrorPanel error={take.error} what="trust.import" /> : null}
    </Confirm>
  );
}

interface ChangesProps {
  readonly changes: readonly { readonly kind: string; readonly hint: string | null; readonly text: string }[];
}

function Changes({ changes }: ChangesProps): JSX.Element {
  const kept = changes.filter(({ kind }) => kind === 'kept');
  const done = changes.filter(({ kind }) => kind !== 'kept');
  return (
    <>
      <section aria-label="What would change">
        <Text size="sm" fw={600}>
          {done.length === 0 ? 'It would change nothing here.' : `It would change ${countOf(done.length, 'thing')}:`}
        </Text>
        <ChangeList changes={done} />
      </section>
      {kept.length > 0 ? (
        <section aria-label="What stays as it is">
          <Text size="sm" fw={600}>
            What a trust file cannot do, and stays as it is here:
          </Text>
          <ChangeList changes={kept} />
        </section>
      ) : null}
    </>
  );
}

const ChangeList = ({ changes }: ChangesProps): JSX.Element => (
  <ul className="assay-trust-changes">
    {changes.map(({ kind, hint, text }) => (
      <li key={`${kind} ${hint} ${text}`} data-kind={kind}>
        {text}
      </li>
    ))}
  </ul>
);
