/** One built report: what it is, its digests, signing it, checking it, and taking it out. */
import { Button, Group, List, PasswordInput, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconShieldCheck, IconSignature } from '@tabler/icons-react';
import { type JSX, type ReactNode, useState } from 'react';
import type { Picked } from '../../../src-shared/contract/bridge.ts';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { failureOf } from '../../api/client.ts';
import { pickFile, pickSave } from '../../api/files.ts';
import { useAssayCommand, useJob, useWorkspaceInfo } from '../../api/hooks.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { bytes, count, countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel } from '../../ui/states.tsx';
import { VerificationResult } from './verification-result.tsx';

type Report = OutputOf<'report.list'>['reports'][number];

export function ReportDetail({ report }: { readonly report: Report }): JSX.Element {
  const [signing, setSigning] = useState(false);
  const verify = useJob('report.verify');
  const save = useAssayCommand('report.save');
  const [checked, setChecked] = useState<OutputOf<'report.verify'> | null>(null);
  const saveAs = async (): Promise<void> => {
    try {
      const target = await pickSave(report.name.endsWith('.pdf') ? report.name : `${report.name}.pdf`);
      if (!target) return;
      const written = await save.mutateAsync({ id: report.id, file: target.grant });
      notifications.show({
        color: 'verdigris',
        title: `Saved ${target.name}`,
        message: `${bytes(written.bytes)}, in ${target.location}.`,
      });
    } catch (error) {
      notifications.show({ color: 'red', title: 'Not saved', message: failureOf(error).message });
    }
  };
  return (
    <Stack gap="md">
      <Panel
        title={report.title}
        note={report.conclusion}
        actions={
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconShieldCheck size={16} />}
              loading={verify.state === 'running'}
              onClick={() => void verify.start({ id: report.id }).then(setChecked)}
            >
              Verify
            </Button>
            <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => void saveAs()}>
              Save the PDF
            </Button>
            {report.signed ? null : (
              <Button leftSection={<IconSignature size={16} />} onClick={() => setSigning(true)}>
                Sign…
              </Button>
            )}
          </Group>
        }
      >
        <dl className="assay-facts">
          <Fact label="Built (this computer's clock)">
            <Instant at={report.builtAt} style="full" /> by {report.builtBy}
          </Fact>
          <Fact label="As of (clock of the sources)">
            <Instant at={report.asOf} style="full" />
          </Fact>
          <Fact label="Length">
            {countOf(report.pages, 'page')}, {bytes(report.bytes)}
          </Fact>
          <Fact label="Signature">
            {report.signed ? (
              <>
                {report.signer}
                {report.signedAt ? (
                  <>
                    , <Instant at={report.signedAt} clock="Signer's clock, not a timestamp authority" />
                  </>
                ) : null}
              </>
            ) : (
              'Not signed'
            )}
          </Fact>
          <Fact label="Digest in the footer (ReportModel)">
            <Hash value={report.modelDigest} label="ReportModel digest" length={20} />
          </Fact>
          <Fact label="SHA-256 of the file">
            <Hash value={report.sha256} label="SHA-256 of the file" length={20} />
          </Fact>
        </dl>
      </Panel>
      {verify.state === 'running' ? (
        <JobProgress
          title="Verifying"
          progress={verify.progress}
          startedAt={verify.startedAt}
          onCancel={verify.cancel}
        />
      ) : null}
      {verify.error ? <ErrorPanel error={verify.error} what="report.verify" /> : null}
      {checked ? <VerificationResult result={checked} /> : null}
      {signing ? <SignDialog report={report} onClose={() => setSigning(false)} /> : null}
    </Stack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The one real confirmation: it lists what will be signed, and with whose key. */
function SignDialog({ report, onClose }: { readonly report: Report; readonly onClose: () => void }): JSX.Element {
  const info = useWorkspaceInfo();
  const sign = useJob('report.sign');
  const [method, setMethod] = useState<'own' | 'p12'>('own');
  const [p12, setP12] = useState<Picked | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const choose = async (): Promise<void> => setP12(await pickFile({ accept: ['.p12', '.pfx'] }));
  const submit = async (): Promise<void> => {
    const signed = await sign.start({
      id: report.id,
      ...(method === 'p12' && p12 ? { p12: { file: p12.grant, passphrase } } : {}),
    });
    setPassphrase('');
    if (signed) {
      sign.reset();
      onClose();
    }
  };
  return (
    <Confirm
      opened
      title="Sign this report?"
      action="Sign"
      busy={sign.state === 'running'}
      disabled={method === 'p12' && (!p12 || passphrase === '')}
      onConfirm={() => void submit()}
      onClose={() => {
        sign.reset();
        onClose();
      }}
    >
      <Text size="sm">You sign, and it cannot be undone:</Text>
      <List size="sm" spacing={4}>
        <List.Item>
          “{report.title}”, {countOf(report.pages, 'page')}, {count(report.bytes)} bytes
        </List.Item>
        <List.Item>
          its conclusion: <strong>{report.conclusion}</strong>
        </List.Item>
        <List.Item>
          the evidence inside it, as of <Instant at={report.asOf} style="full" />
        </List.Item>
        <List.Item>
          the digest in its footer,{' '}
          <Hash value={report.modelDigest} label="ReportModel digest" length={16} copy={false} />
        </List.Item>
      </List>
      <Radio.Group label="Signed with" value={method} onChange={(value) => setMethod(value === 'p12' ? 'p12' : 'own')}>
        <Stack gap={6} mt={6}>
          <Radio value="own" label={`The certificate of ${info?.user.name ?? 'this user'} in this workspace`} />
          <Radio value="p12" label="A certificate from a PKCS#12 file (.p12, .pfx)" />
        </Stack>
      </Radio.Group>
      {method === 'p12' ? (
        <Group align="flex-end">
          <Button variant="default" onClick={() => void choose()}>
            {p12 ? p12.name : 'Choose the file…'}
          </Button>
          <PasswordInput
            label="Passphrase of the file"
            value={passphrase}
            onChange={(e) => setPassphrase(e.currentTarget.value)}
            flex={1}
            autoComplete="off"
          />
        </Group>
      ) : null}
      {sign.error ? <ErrorPanel error={sign.error} what="report.sign" /> : null}
    </Confirm>
  );
}
