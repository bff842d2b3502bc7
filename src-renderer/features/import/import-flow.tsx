/**
 * One file on its way in: verify, preview, import. Each step shows its own answer, and only the last one stores anything.
 *
 * The preview runs the real import and rolls it back, so what it says is what will happen.
 */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { type JSX, type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import type { Failure } from '../../../src-shared/result.ts';
import { useJob } from '../../api/hooks.ts';
import { CheckList } from '../../ui/checks.tsx';
import { fingerprintOfKeyId } from '../../ui/hash.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes, count } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { TrustKeyDialog } from '../../ui/trust-key-dialog.tsx';
import { DeltaTable, ImportFacts, ImportWarnings } from './import-preview.tsx';

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

  const begin = useCallback(async (): Promise<void> => {
    setVerified(null);
    setPreview(null);
    const result = await verify({ file: file.grant });
    if (!result) return;
    setVerified(result);
    if (result.ok) setPreview(await load({ file: file.grant, dryRun: true }));
  }, [file.grant, verify, load]);
  useEffect(() => void begin(), [begin]);

  const finish = (): void => {
    forgetVerify();
    forgetImport();
    onDone();
  };
  const commit = async (historical: boolean): Promise<void> => {
    const result = await load({ file: file.grant, historical });
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
          {verifying.error ? (
            <ErrorPanel error={verifying.error} what="snapshot.verify" onRetry={() => void begin()} />
          ) : null}
          {verified ? <VerificationChecks verified={verified} /> : null}
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

/** The three questions, kept apart, and the container as a fourth only when there is something to say about it. */
function VerificationChecks({ verified }: { readonly verified: Verified }): JSX.Element {
  return (
    <CheckList
      checks={[
        { question: 'Is the content unchanged?', line: verified.content },
        {
          question: 'Is the signer known and trusted?',
          line: verified.signer,
          extra: verified.signer.signers.map((signer) => (
            <Text key={signer.keyId} size="xs" c="dimmed" mt={2} style={{ overflowWrap: 'anywhere' }}>
              Fingerprint of the key that signed:{' '}
              <span className="assay-fingerprint-line">{fingerprintOfKeyId(signer.keyId)}</span>
            </Text>
          )),
        },
        { question: 'Is it recent, and by which clock?', line: verified.freshness },
        ...(verified.container.state === 'pass'
          ? []
          : [{ question: 'Is the container as it was packed?', line: verified.container }]),
      ]}
    />
  );
}

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

function Outcome({ result, children }: { readonly result: Imported; readonly children: ReactNode }): JSX.Element {
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>
          {result.outcome === 'already_imported'
            ? `This snapshot was already imported, as snapshot ${result.snapshot}. Nothing was changed.`
            : result.outcome === 'preview'
              ? 'What importing it would do'
              : `Imported as snapshot ${result.snapshot}`}
        </Text>
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
