/** Verifying any report PDF, and below it any proof, with or without a workspace. Without one, a trust store file says whose signature counts. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconFileSearch, IconX } from '@tabler/icons-react';
import { type JSX, useCallback, useEffect, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import { pickFile } from '../../api/files.ts';
import { useJob, useWorkspaceInfo } from '../../api/hooks.ts';
import { unstageFirst, useStaged } from '../../api/staged.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { VerifyProof } from '../proof/verify-proof.tsx';
import { VerificationResult } from './verification-result.tsx';

export function VerifyScreen(): JSX.Element {
  const info = useWorkspaceInfo();
  const staged = useStaged();
  const [file, setFile] = useState<Picked | null>(null);
  const [trust, setTrust] = useState<Picked | null>(null);
  const { start, ...job } = useJob('report.verify');
  const run = useCallback(
    (report: Picked, store: Picked | null) =>
      void start({ file: report.grant, ...(store ? { trust: store.grant } : {}) }),
    [start],
  );
  const dropped = staged.files[0];
  useEffect(() => {
    if (!dropped?.name.toLowerCase().endsWith('.pdf')) return;
    unstageFirst();
    setFile(dropped);
    run(dropped, null);
  }, [dropped, run]);

  const choose = async (): Promise<void> => {
    const picked = await pickFile({ accept: ['.pdf'] });
    if (!picked) return;
    setFile(picked);
    run(picked, trust);
  };
  const chooseTrust = async (): Promise<void> => {
    const picked = await pickFile({ accept: ['.json'] });
    if (!picked) return;
    setTrust(picked);
    if (file) run(file, picked);
  };
  return (
    <Page
      title="Verify a report or a proof"
      subtitle="Any file that Assay signed, from anybody. Nothing is uploaded or stored."
    >
      <Stack gap="md" maw={980}>
        <Panel
          title={file ? file.name : 'A report'}
          note={file?.bytes ? bytes(file.bytes) : 'Drop a PDF on the window, or choose one.'}
          actions={
            <Button
              leftSection={<IconFileSearch size={16} />}
              onClick={() => void choose()}
              loading={job.state === 'running'}
            >
              Choose a PDF…
            </Button>
          }
        >
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {trust
                ? `Signers are looked up in ${trust.name}.`
                : info
                  ? `Signers are looked up in the trust store of “${info.name}”.`
                  : 'No workspace is open: without a trust store file, the signer stays unknown.'}
            </Text>
            <Button size="xs" variant="default" onClick={() => void chooseTrust()}>
              Use a trust store file…
            </Button>
            {trust ? (
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                leftSection={<IconX size={14} />}
                onClick={() => setTrust(null)}
              >
                Without it
              </Button>
            ) : null}
          </Group>
        </Panel>
        {job.state === 'running' ? (
          <JobProgress title="Verifying" progress={job.progress} startedAt={job.startedAt} onCancel={job.cancel} />
        ) : null}
        {job.error ? <ErrorPanel error={job.error} what="report.verify" /> : null}
        {file && job.result ? <VerificationResult result={job.result} /> : null}
        <VerifyProof />
      </Stack>
    </Page>
  );
}
