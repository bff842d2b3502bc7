/**
 * One file on its way in: verify, preview, import. Each step shows its own answer, and only the last one stores anything.
 *
 * The preview runs the real import and rolls it back, so what it says is what will happen.
 */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type JSX, type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { InputOf, OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Failure } from '../../../src-shared/result.ts';
import { useJob } from '../../api/hooks.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes, count } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { TrustKeyDialog } from '../../ui/trust-key-dialog.tsx';
import { VerificationChecks } from '../../ui/verification-checks.tsx';
import { DeltaTable, ImportFacts, ImportWarnings } from './import-preview.tsx';
import { asksForIdentity, type KeyFile, UnlockBundle } from './unlock-bundle.tsx';

type Verified = OutputOf<'snapshot.verify'>;
type Imported = OutputOf<'snapshots.import'>;

interface ImportFlowProps {
  readonly file: Picked;
  readonly waiting: number;
  readonly onDone: () => void;
  readonly onShow: (snapshot: number) => void;
}

export function ImportFlow({ file, waiting, onDone, onShow }: ImportFlowProps): JSX.Element {
  const { start: verify, reset: forgetVerify, ...verifying } = useJob('snapshot.verify');
  const { start: load, reset: forgetImport, ...importing } = useJob('snapshots.import');
  const [verified, setVerified] = useState<Verified | null>(null);
  const [preview, setPreview] = useState<Imported | null>(null);
  const [committed, setCommitted] = useState<Imported | null>(null);
  const [trusting, setTrusting] = useState(false);
  const [key, setKey] = useState<KeyFile | null>(null);

  const begin = useCallback(async (): Promise<void> => {
    setVerified(null);
    setPreview(null);
    const bundle = { file: file.grant, ...identityOf(key) };
    const result = await verify(bundle);
    if (!result) return;
    setVerified(result);
    if (result.ok || isPublishers(result)) setPreview(await load({ ...bundle, dryRun: true }));
  }, [file.grant, key, verify, load]);
  useEffect(() => void begin(), [begin]);

  const finish = (): void => {
    forgetVerify();
    forgetImport();
    onDone();
  };
  const commit = async (historical: boolean): Promise<void> => {
    const result = await load({ file: file.grant, historical, ...identityOf(key) });
    if (result) setCommitted(result);
  };

  const result = committed ?? preview;
  const unknownSigner = verified !== null && verified.signer.state !== 'pass';
  return (
    <div className="assay-flow">
      <Panel
        title={file.name}
        note={`${file.bytes === null ? 'Folder' : bytes(file.bytes)}${waiting > 0 ? ` · ${waiting} more waiting` : ''}`}
        actions={
          <Button variant="subtle" color="gray" onClick={finish} disabled={importing.state === 'running'}>
            {committed ? 'Close' : 'Not now'}
          </Button>
        }
      >
        <Stack gap="md">
          {verifying.state === 'running' ? (
            <JobProgress
              title="Verifying"
              progress={verifying.progress}
              startedAt={verifying.startedAt}
              onCancel={verifying.cancel}
            />
          ) : null}
          {verifying.error && asksForIdentity(verifying.error) ? (
            <UnlockBundle failure={verifying.error} tried={key} onUnlock={setKey} />
          ) : verifying.error ? (
            <ErrorPanel error={verifying.error} what="snapshot.verify" onRetry={() => void begin()} />
          ) : null}
          {verified ? <VerificationChecks verification={verified} /> : null}
          {unknownSigner && !committed ? (
            <Group className="assay-flow-act" justify="space-between">
              <Text size="sm" flex={1} miw={260}>
                Ask the publisher for the public key on another channel (paper, telephone, a meeting) and compare its
                fingerprint. A key that only came with the bundle proves nothing.
              </Text>
              <Button leftSection={<IconKey size={16} />} onClick={() => setTrusting(true)}>
                Review and trust a key…
              </Button>
            </Group>
          ) : null}
          {importing.state === 'running' ? (
            <JobProgress
              title={preview ? 'Importing' : 'Looking at what would change'}
              progress={importing.progress}
              startedAt={importing.startedAt}
              onCancel={importing.cancel}
              cancelNote="Cancelling rolls everything back."
            />
          ) : null}
          {importing.error ? (
            <ImportFailure
              failure={importing.error}
              onHistorical={() => void commit(true)}
              onRetry={() => void begin()}
            />
          ) : null}
          {result ? (
            <Outcome result={result}>
              {result.outcome === 'preview' && importing.state !== 'running' ? (
                <>
                  <Button variant="default" onClick={finish}>
                    Do not import
                  </Button>
                  <Button onClick={() => void commit(false)}>Import {count(result.records)} records</Button>
                </>
              ) : null}
              {result.outcome !== 'preview' && result.answer ? (
                <>
                  <Button
                    variant="default"
                    renderRoot={(props) => <Link {...props} to="/requests" search={{ id: result.answer?.request }} />}
                  >
                    Show the request
                  </Button>
                  <Button onClick={finish}>{waiting > 0 ? 'Next file' : 'Done'}</Button>
                </>
              ) : null}
              {result.outcome !== 'preview' && result.snapshot !== null ? (
                <>
                  <Button variant="default" onClick={() => onShow(result.snapshot ?? 0)}>
                    Show snapshot {result.snapshot}
                  </Button>
                  <Button onClick={finish}>{waiting > 0 ? 'Next file' : 'Done'}</Button>
                </>
              ) : null}
            </Outcome>
          ) : null}
        </Stack>
      </Panel>
      <TrustKeyDialog
        opened={trusting}
        suggestedRegistry={verified?.predicate?.registry.id ?? null}
        wantedKeys={verified?.signer.signers.map((signer) => signer.keyId) ?? []}
        onClose={() => setTrusting(false)}
        onTrusted={() => {
          setTrusting(false);
          void begin();
        }}
      />
    </div>
  );
}

const identityOf = (key: KeyFile | null): Pick<InputOf<'snapshots.import'>, 'identity'> =>
  key
    ? { identity: { file: key.file.grant, ...(key.passphrase === undefined ? {} : { passphrase: key.passphrase }) } }
    : {};

/**
 * A trusted key really signed it, and it is refused all the same: the engine is told, because it keeps that as a finding. Nothing
 * gets in by this, and a stranger's bundle is left alone.
 */
const isPublishers = ({ signer, content }: Verified): boolean =>
  content.state === 'fail' ||
  ['signer.out_of_scope', 'signer.revoked', 'signer.threshold', 'signature.payload_differs'].includes(signer.code);

function ImportFailure({
  failure,
  onHistorical,
  onRetry,
}: {
  readonly failure: Failure;
  readonly onHistorical: () => void;
  readonly onRetry: () => void;
}): JSX.Element {
  const rollback = failure.code.includes('rollback') || failure.code.includes('older');
  return (
    <Stack gap="xs">
      <ErrorPanel error={failure} what="snapshots.import" onRetry={onRetry} />
      {rollback ? (
        <Group justify="flex-end">
          <Button variant="default" onClick={onHistorical}>
            Import it as a historical snapshot
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

function snapshotTitle({ outcome, snapshot }: Imported): string {
  if (outcome === 'preview') return 'What importing it would do';
  return outcome === 'imported'
    ? `Imported as snapshot ${snapshot}`
    : `This snapshot was already imported, as snapshot ${snapshot}. Nothing was changed.`;
}

const answerTitle = (outcome: Imported['outcome']): string =>
  ({
    preview: 'An answer to a request: what importing it would do',
    imported: 'Imported with its request; an answer is no snapshot',
    already_imported: 'This answer was already imported. Nothing was changed.',
  })[outcome];

function Outcome({ result, children }: { readonly result: Imported; readonly children: ReactNode }): JSX.Element {
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>{result.answer ? answerTitle(result.outcome) : snapshotTitle(result)}</Text>
        <Group gap="xs">{children}</Group>
      </Group>
      <ImportFacts result={result} />
      <ImportWarnings result={result} />
      {result.outcome === 'already_imported' ? null : (
        <DeltaTable kinds={result.kinds} comparedTo={result.comparedTo} />
      )}
    </Stack>
  );
}
