/** Verifying a proof file or a redacted snapshot, with a publisher's key, a trust store file or the open workspace. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { IconFileCertificate, IconX } from '@tabler/icons-react';
import { type JSX, useCallback, useEffect, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { InputOf } from '../../../src-shared/contract/contract.ts';
import { pickFile } from '../../api/files.ts';
import { useJob, useWorkspaceInfo } from '../../api/hooks.ts';
import { unstageFirst, useStaged } from '../../api/staged.ts';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { ProofResult } from './proof-result.tsx';

/** A public key is a PEM file, everything else is read as a trust store. */
const trustInput = (trust: Picked | null): Pick<InputOf<'proof.verify'>, 'key' | 'trust'> => {
  if (!trust) return {};
  return /\.(pem|pub)$/i.test(trust.name) ? { key: trust.grant } : { trust: trust.grant };
};

export function VerifyProof(): JSX.Element {
  const info = useWorkspaceInfo();
  const staged = useStaged();
  const [file, setFile] = useState<Picked | null>(null);
  const [trust, setTrust] = useState<Picked | null>(null);
  const { start, reset, ...job } = useJob('proof.verify');
  // A second start of a running job would be ignored.
  const busy = job.state === 'running';
  const believes = trust !== null || info !== null;
  const run = useCallback(
    (proof: Picked, whom: Picked | null) => void start({ file: proof.grant, ...trustInput(whom) }),
    [start],
  );
  const take = useCallback(
    (proof: Picked) => {
      setFile(proof);
      if (believes) run(proof, trust);
      else reset();
    },
    [believes, reset, run, trust],
  );
  const dropped = staged.files[0];
  useEffect(() => {
    if (!dropped?.name.toLowerCase().endsWith('.json')) return;
    unstageFirst();
    take(dropped);
  }, [dropped, take]);

  const choose = async (): Promise<void> => {
    const picked = await pickFile({ accept: ['.json', '.assay'] });
    if (picked) take(picked);
  };
  const chooseTrust = async (): Promise<void> => {
    const picked = await pickFile({ accept: ['.pem', '.pub', '.json'] });
    if (!picked) return;
    setTrust(picked);
    if (file) run(file, picked);
  };
  return (
    <Stack gap="md">
      <Panel
        title={file ? file.name : 'A proof or a redacted snapshot'}
        note={file?.bytes ? bytes(file.bytes) : 'Drop a proof (.json) on the window, or choose one.'}
        actions={
          <Button
            variant="default"
            leftSection={<IconFileCertificate size={16} aria-hidden />}
            onClick={() => void choose()}
            loading={busy}
          >
            Choose a proof…
          </Button>
        }
      >
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {trust
              ? `Signatures are judged by ${trust.name}.`
              : info
                ? `Signatures are judged by the trust store of “${info.name}”.`
                : 'No workspace is open: choose the publisher’s public key or a trust store file.'}
          </Text>
          <Button size="xs" variant="default" disabled={busy} onClick={() => void chooseTrust()}>
            Use a key or trust store file…
          </Button>
          {trust ? (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              disabled={busy}
              leftSection={<IconX size={14} aria-hidden />}
              onClick={() => {
                setTrust(null);
                if (file && info) run(file, null);
                else reset();
              }}
            >
              Without it
            </Button>
          ) : null}
        </Group>
      </Panel>
      {busy ? (
        <JobProgress title="Verifying" progress={job.progress} startedAt={job.startedAt} onCancel={job.cancel} />
      ) : null}
      {job.error ? <ErrorPanel error={job.error} what="proof.verify" /> : null}
      {file && job.result ? <ProofResult result={job.result} /> : null}
    </Stack>
  );
}
