/** The answer about a report, question by question: content, structure, signer, time, evidence. */
import { Table, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldExclamation, IconShieldX } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { ReportVerification } from '../../../src-shared/contract/schemas/report.ts';
import { CheckList } from '../../ui/checks.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Panel } from '../../ui/page.tsx';

export function VerificationResult({ result }: { readonly result: ReportVerification }): JSX.Element {
  const lines = [result.integrity, result.structure, result.identity, result.time, result.content];
  const broken = lines.some((line) => line.state === 'fail');
  const tone = broken ? 'bad' : result.ok ? 'good' : 'warn';
  const Icon = broken ? IconShieldX : result.ok ? IconShieldCheck : IconShieldExclamation;
  return (
    <section aria-label="Verification">
      <div className="assay-verdict" data-tone={tone} role="status">
        <Icon size={22} aria-hidden />
        <div>
          <Text fw={600} size="sm">
            {broken
              ? 'Do not rely on this report'
              : result.ok
                ? 'The report is what its signer signed'
                : 'Not everything could be answered'}
          </Text>
          <Text size="sm" component="div">
            SHA-256 of the file <Hash value={result.sha256} label="SHA-256 of the file" length={20} />
          </Text>
        </div>
      </div>
      <Panel title="Answers">
        <CheckList
          checks={[
            { question: 'Is the signed content unchanged?', line: result.integrity },
            { question: 'Does the signature cover the whole file?', line: result.structure },
            { question: 'Is the signer known and trusted?', line: result.identity },
            { question: 'Is the time of signing known?', line: result.time },
            { question: 'Does the evidence inside fit the printed digest?', line: result.content },
          ]}
        />
        {result.signatures.length > 0 ? (
          <div className="assay-scroll-x">
            <Table mt="sm" verticalSpacing={5}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Signature</Table.Th>
                  <Table.Th>Signer</Table.Th>
                  <Table.Th>Certificate</Table.Th>
                  <Table.Th>Signed at (signer's clock)</Table.Th>
                  <Table.Th>Valid</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {result.signatures.map((signature) => (
                  <Table.Tr key={signature.field}>
                    <Table.Td>{signature.field}</Table.Td>
                    <Table.Td>{signature.signer}</Table.Td>
                    <Table.Td>
                      <Hash value={signature.fingerprint} label="Certificate fingerprint" />
                    </Table.Td>
                    <Table.Td>
                      {signature.signedAt ? <Instant at={signature.signedAt} style="full" /> : 'Not stated'}
                    </Table.Td>
                    <Table.Td>
                      {signature.valid
                        ? signature.coversWholeFile
                          ? 'Yes, whole file'
                          : 'Yes, part of the file'
                        : 'No'}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        ) : null}
      </Panel>
    </section>
  );
}
