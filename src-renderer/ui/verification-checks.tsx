/** What verification answers about a snapshot: four questions, and behind signer and freshness what these rest on. */
import { Text } from '@mantine/core';
import type { JSX } from 'react';
import { partsOf, type Verification, verificationQuestions } from '../../src-shared/domain/trust.ts';
import { CheckList } from './checks.tsx';
import { fingerprintOfKeyId } from './hash.tsx';

export function VerificationChecks({ verification }: { readonly verification: Verification }): JSX.Element {
  const { content, signer, freshness, container } = verification;
  return (
    <CheckList
      checks={[
        { question: verificationQuestions.content, line: content },
        {
          question: verificationQuestions.signer,
          line: signer,
          parts: partsOf(signer),
          extra: signer.signers.map(({ keyId }) => (
            <Text key={keyId} size="xs" c="dimmed" mt={2} style={{ overflowWrap: 'anywhere' }}>
              Fingerprint of the key that signed:{' '}
              <span className="assay-fingerprint-line">{fingerprintOfKeyId(keyId)}</span>
            </Text>
          )),
        },
        { question: verificationQuestions.freshness, line: freshness, parts: partsOf(freshness) },
        { question: verificationQuestions.container, line: container },
      ]}
    />
  );
}

/** Keys are revoked and trust roots grow old after an import: the same two questions as of now. */
export function SignerChecksToday({
  today: { signer, freshness },
}: {
  readonly today: Pick<Verification, 'signer' | 'freshness'>;
}): JSX.Element {
  const { parts } = freshness;
  return (
    <CheckList
      checks={[
        { question: verificationQuestions.signer, line: signer, parts: partsOf(signer) },
        ...(parts
          ? [{ question: 'What is known about its keys?', line: { ...parts.revocation, code: 'freshness.revocation' } }]
          : []),
      ]}
    />
  );
}
