/** The answer about a proof: content, signer, freshness, then what it shows and what it does not. */
import { Stack, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldExclamation, IconShieldX } from '@tabler/icons-react';
import type { JSX } from 'react';
import type { ProofVerification } from '../../../src-shared/contract/schemas/disclosure.ts';
import { formatRef } from '../../../src-shared/domain/record.ts';
import { fullText, verificationQuestions } from '../../../src-shared/domain/trust.ts';
import { CheckList } from '../../ui/checks.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Instant } from '../../ui/instant.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ShownRecord } from './shown-record.tsx';

export function ProofResult({ result }: { readonly result: ProofVerification }): JSX.Element {
  const broken = [result.content, result.signer].some((line) => line.state === 'fail');
  const tone = broken ? 'bad' : result.ok ? 'good' : 'warn';
  const Icon = broken ? IconShieldX : result.ok ? IconShieldCheck : IconShieldExclamation;
  return (
    <Stack component="section" gap="md" aria-label="What the proof shows">
      <div className="assay-verdict" data-tone={tone} role="status" style={{ marginBottom: 0 }}>
        <Icon size={22} aria-hidden />
        <div>
          <Text fw={600} size="sm">
            {broken
              ? 'Do not rely on this proof'
              : result.ok
                ? 'Proven: this is what the publisher signed'
                : 'Not everything could be answered'}
          </Text>
          <Text size="sm">{result.judgedBy}</Text>
        </div>
      </div>
      <Panel title="Answers">
        <CheckList
          checks={[
            { question: 'Is what it shows in the signed snapshot?', line: result.content },
            { question: verificationQuestions.signer, line: result.signer },
            {
              question: verificationQuestions.freshness,
              line: { ...result.freshness, text: fullText(result.freshness) },
            },
          ]}
        />
      </Panel>
      {result.ok && result.predicate ? <Snapshot result={result} predicate={result.predicate} /> : null}
      {result.absent.length > 0 ? (
        <Panel title="Not in the snapshot" note={countOf(result.absent.length, 'record')}>
          {result.absent.map(({ ref, text }) => (
            <Text key={formatRef(ref)} size="sm" py={4}>
              {text}
            </Text>
          ))}
        </Panel>
      ) : null}
      {result.records.length > 0 ? (
        <Panel
          title="Records that it shows"
          note={`${result.records.length < result.shown ? `The first ${result.records.length} of ` : ''}${countOf(result.shown, 'record')}, of ${result.size} in the snapshot`}
        >
          {result.records.map((record, at) => (
            <ShownRecord key={record.index} record={record} opened={at === 0} />
          ))}
        </Panel>
      ) : null}
    </Stack>
  );
}

function Snapshot({
  result,
  predicate,
}: {
  readonly result: ProofVerification;
  readonly predicate: NonNullable<ProofVerification['predicate']>;
}): JSX.Element {
  return (
    <Panel title={predicate.answers ? 'Answer to a request it belongs to' : 'Snapshot it belongs to'}>
      <dl className="assay-facts">
        <div>
          <dt>Registry</dt>
          <dd>{predicate.registry.name || predicate.registry.id}</dd>
        </div>
        <div>
          <dt>Side and sequence</dt>
          <dd>
            {predicate.role === 'registry' ? 'Claimed (registry)' : 'Observed (discovery)'}, {predicate.sequence}
          </dd>
        </div>
        <div>
          <dt>Created (publisher’s clock)</dt>
          <dd>
            <Instant at={predicate.createdAt} style="full" />
          </dd>
        </div>
        <div>
          <dt>Statement</dt>
          <dd>
            <Hash value={result.statementSha256} label="Statement digest" length={20} />
          </dd>
        </div>
        <div>
          <dt>Merkle root</dt>
          <dd>
            <Hash value={predicate.merkle.root} label="Merkle root" length={20} />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
