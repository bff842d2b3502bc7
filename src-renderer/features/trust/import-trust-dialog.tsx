/** Taking over an administrator's signed trust file: first what it would change, at first contact with his fingerprint compared. */
import { Checkbox, Text, TextInput } from '@mantine/core';
import { type JSX, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import { failureOf } from '../../api/client.ts';
import { useAssayCommand, useAssayQuery } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { FingerprintCompare, isCompared, notCompared } from '../../ui/fingerprint-compare.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { AffectedTable } from './revoke-dialog.tsx';

interface ImportTrustDialogProps {
  readonly file: Picked;
  readonly onClose: () => void;
}

export function ImportTrustDialog({ file, onClose }: ImportTrustDialogProps): JSX.Element {
  const [widen, setWiden] = useState(false);
  const [replacement, setReplacement] = useState('');
  const replacing = replacement === '' ? {} : { replaceIssuer: replacement };
  const preview = useAssayQuery('trust.import', { file: file.grant, widen, dryRun: true, ...replacing });
  const take = useAssayCommand('trust.import');
  const [comparison, setComparison] = useState(notCompared);
  const { data } = preview;
  const submit = async (): Promise<void> => {
    if (!data) return;
    try {
      // Compared by eye or typed, the issuer that was shown is the one that is pinned.
      await take.mutateAsync({ file: file.grant, widen, issuer: data.issuer.fingerprint, ...replacing });
      onClose();
    } catch {
      // Shown below from the command's own state.
    }
  };
  const isKnown =
    data !== undefined &&
    !preview.isPlaceholderData &&
    (!data.firstContact || isCompared(data.issuer.fingerprint, comparison));
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
      {replacement !== '' || isOfAnother(preview.error) ? (
        <TextInput
          label="Replace the issuer: fingerprint of the new administrator, as you heard it"
          description="From then on only the new one's files are taken, whatever their numbers; the change is written down."
          value={replacement}
          onChange={(e) => setReplacement(e.currentTarget.value)}
        />
      ) : null}
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
          {widen || data.changes.some(({ kind }) => kind === 'wider') ? (
            <Checkbox
              label="Let these keys do what the file says beyond that: I asked the administrator"
              checked={widen}
              onChange={(e) => setWiden(e.currentTarget.checked)}
            />
          ) : null}
          {data.affected.length > 0 ? <AffectedTable affected={data.affected} /> : null}
        </>
      ) : null}
      {take.error ? <ErrorPanel error={take.error} what="trust.import" /> : null}
    </Confirm>
  );
}

const isOfAnother = (error: Error | null): boolean =>
  error !== null && failureOf(error).code === 'trust.issuer_changed';

interface ChangesProps {
  readonly changes: readonly { readonly kind: string; readonly hint: string | null; readonly text: string }[];
}

function Changes({ changes }: ChangesProps): JSX.Element {
  const kept = changes.filter(({ kind }) => kind === 'kept');
  const wider = changes.filter(({ kind }) => kind === 'wider');
  const done = changes.filter(({ kind }) => kind !== 'wider' && kind !== 'kept');
  return (
    <>
      <section aria-label="What would change">
        <Text size="sm" fw={600}>
          {done.length === 0 ? 'It would change nothing here.' : `It would change ${countOf(done.length, 'thing')}:`}
        </Text>
        <ChangeList changes={done} />
      </section>
      {wider.length > 0 ? (
        <section aria-label="What needs your consent">
          <Text size="sm" fw={600}>
            What needs your consent, and is not done without:
          </Text>
          <ChangeList changes={wider} />
        </section>
      ) : null}
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
