/** The verification panel: one line per question, each with its own answer. "Unknown" never looks like a pass. */
import { Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react';
import type { JSX, ReactNode } from 'react';
import type { CheckLine, NamedPart } from '../../src-shared/domain/trust.ts';
import './checks.css';

const looks = {
  pass: { icon: IconCheck, color: 'green', word: 'Yes' },
  fail: { icon: IconX, color: 'red', word: 'No' },
  warn: { icon: IconAlertTriangle, color: 'orange', word: 'With a warning' },
  unknown: { icon: IconQuestionMark, color: 'gray', word: 'Not known' },
} as const;

export interface Check {
  readonly question: string;
  readonly line: CheckLine;
  /** What the answer rests on, each with its own answer. */
  readonly parts?: readonly NamedPart[];
  readonly extra?: ReactNode;
}

export function CheckList({ checks }: { readonly checks: readonly Check[] }): JSX.Element {
  return (
    <ul className="assay-checks">
      {checks.map(({ question, line, parts, extra }) => {
        const look = looks[line.state];
        const Icon = look.icon;
        return (
          <li key={question} data-state={line.state}>
            <ThemeIcon variant="light" color={look.color} radius="xl" size={28} aria-hidden>
              <Icon size={16} />
            </ThemeIcon>
            <div>
              <Text size="sm" fw={600}>
                {question} <span className="assay-check-word">{look.word}</span>
              </Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {line.text}
              </Text>
              {parts && parts.length > 0 ? <Parts parts={parts} /> : null}
              {extra}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function Parts({ parts }: { readonly parts: readonly NamedPart[] }): JSX.Element {
  return (
    <ul className="assay-check-parts">
      {parts.map(({ name, state, text }) => {
        const { icon: Icon, word } = looks[state];
        return (
          <li key={name} data-state={state}>
            <Icon size={14} aria-label={word} role="img" />
            <span>{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
