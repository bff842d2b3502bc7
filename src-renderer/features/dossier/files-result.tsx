/** The answer about files on disk: the questions, each with its own answer, then every file that is not as it should be. */
import { Table, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldExclamation, IconShieldX } from '@tabler/icons-react';
import type { JSX } from 'react';
import {
  type ArtifactVerification,
  artifactQuestions,
  asksForDigests,
  type CheckedFile,
  type FileState,
  verdictOf,
} from '../../../src-shared/domain/artifact.ts';
import { CheckList } from '../../ui/checks.tsx';
import { Hash } from '../../ui/hash.tsx';
import { bytes, count, countOf } from '../../ui/numbers.ts';

const words: Readonly<Record<FileState, string>> = {
  same: 'Same',
  changed: 'Changed',
  added: 'Added',
  removed: 'Removed',
  unreadable: 'Unreadable',
  link: 'Link, not followed',
  undetermined: 'Not determined',
  uncovered: 'Not covered',
  ignored: 'Left out by the signature',
};
const bad = 'var(--assay-bad)';
const open = 'var(--assay-warn)';
const tones: Readonly<Record<FileState, string>> = {
  same: 'dimmed',
  changed: bad,
  added: bad,
  removed: bad,
  unreadable: open,
  link: bad,
  undetermined: open,
  uncovered: open,
  ignored: 'dimmed',
};
const mostRows = 200;

const verdicts = {
  verified: { Icon: IconShieldCheck, tone: 'good', headline: 'The files are what was vouched for' },
  failed: { Icon: IconShieldX, tone: 'bad', headline: 'Do not rely on these files' },
  open: { Icon: IconShieldExclamation, tone: 'warn', headline: 'Not everything could be answered' },
} as const;

interface FilesResultProps {
  readonly verification: ArtifactVerification;
  readonly name: string;
}

export function FilesResult({ verification: v, name }: FilesResultProps): JSX.Element {
  const { Icon, tone, headline } = verdicts[verdictOf(v)];
  return (
    <section aria-label={`Files of ${name}`}>
      <div className="assay-verdict" data-tone={tone} role="status">
        <Icon size={22} aria-hidden />
        <div>
          <Text fw={600} size="sm">
            {headline}
          </Text>
          <Text size="sm">
            {name}: {count(v.counts.same)} of {countOf(v.counts.expected, 'expected file')} the same, {bytes(v.bytes)}{' '}
            read
          </Text>
        </div>
      </div>
      <CheckList
        checks={[
          { question: artifactQuestions.content, line: v.content },
          { question: artifactQuestions.signer, line: v.signer },
          { question: artifactQuestions.time, line: v.time },
          ...(v.recorded ? [{ question: artifactQuestions.recorded, line: v.recorded }] : []),
        ]}
      />
      {v.files.length > 0 ? <FileTable files={v.files} leftOut={v.leftOut} /> : null}
      {asksForDigests(v) ? <Aggregates verification={v} /> : null}
    </section>
  );
}

function FileTable({
  files,
  leftOut,
}: {
  readonly files: readonly CheckedFile[];
  readonly leftOut: number;
}): JSX.Element {
  const more = leftOut + Math.max(0, files.length - mostRows);
  return (
    <div className="assay-scroll-x">
      <Table mt="sm" verticalSpacing={5}>
        <Table.Caption>
          {more > 0 ? `${count(more)} more files are not listed.` : countOf(files.length, 'file')}
        </Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>File</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th>Expected</Table.Th>
            <Table.Th>Found</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.slice(0, mostRows).map((file) => (
            <FileRow key={file.name} file={file} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function FileRow({ file }: { readonly file: CheckedFile }): JSX.Element {
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {file.name}
        {file.note === null ? null : (
          <Text size="xs" c="dimmed">
            {file.note}
          </Text>
        )}
      </Table.Td>
      <Table.Td c={tones[file.state]} fw={tones[file.state] === 'dimmed' ? 400 : 600}>
        {words[file.state]}
      </Table.Td>
      <Table.Td>{file.bytes === null ? '' : bytes(file.bytes)}</Table.Td>
      <Table.Td>
        {file.expected === null ? '' : <Hash value={file.expected} label="Expected digest" length={8} />}
      </Table.Td>
      <Table.Td>{file.found === null ? '' : <Hash value={file.found} label="Found digest" length={8} />}</Table.Td>
    </Table.Tr>
  );
}

function Aggregates({ verification }: { readonly verification: ArtifactVerification }): JSX.Element {
  return (
    <dl className="assay-facts" style={{ marginTop: 12 }}>
      {verification.aggregates.map(({ rule, digest }) => (
        <div key={rule}>
          <dt>{rule}</dt>
          <dd>
            <Hash value={digest} label={rule} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
