/** What people and evaluations said about a finding, oldest first, and a box to add to it. */
import { Alert, Button, Group, Textarea } from '@mantine/core';
import { IconGavel, IconMessage, IconRobot, IconUserCheck } from '@tabler/icons-react';
import { type JSX, type Ref, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { failureOf } from '../../api/client.ts';
import { useAssayCommand } from '../../api/hooks.ts';
import { StateBadge } from '../../ui/badges.tsx';
import { Instant } from '../../ui/instant.tsx';
import classes from './findings.module.css';

type Finding = OutputOf<'findings.show'>;
const icons = { note: IconMessage, decision: IconGavel, assignment: IconUserCheck, system: IconRobot } as const;

interface ThreadProps {
  readonly finding: Finding;
  readonly box: Ref<HTMLTextAreaElement>;
}

export function Thread({ finding, box }: ThreadProps): JSX.Element {
  const [text, setText] = useState('');
  const annotate = useAssayCommand('findings.annotate');
  const submit = (): void => {
    if (text.trim() === '' || annotate.isPending) return;
    annotate.mutate({ id: finding.id, text: text.trim() }, { onSuccess: () => setText('') });
  };
  return (
    <section className={classes['section']}>
      <h3>Thread</h3>
      <ul className={classes['thread']}>
        {finding.thread.map((entry) => {
          const Glyph = icons[entry.type];
          return (
            <li key={entry.id}>
              <Glyph size={17} stroke={1.75} aria-label={entry.type} role="img" />
              <div>
                <span className={classes['by']}>
                  <b>{entry.by}</b>
                  <Instant at={entry.at} clock="This computer's clock" />
                  {entry.state !== null && <StateBadge state={entry.state} />}
                </span>
                {entry.text !== '' && <div className={classes['said']}>{entry.text}</div>}
              </div>
            </li>
          );
        })}
      </ul>
      <Textarea
        ref={box}
        aria-label="Comment"
        placeholder="Comment (C). Ctrl+Enter adds it; it cannot be changed afterwards."
        autosize
        minRows={2}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
        }}
      />
      {annotate.error && (
        <Alert color="red" variant="light" role="alert" mt={6}>
          {failureOf(annotate.error).message}
        </Alert>
      )}
      <Group justify="flex-end" mt={6}>
        <Button size="xs" variant="light" disabled={text.trim() === ''} loading={annotate.isPending} onClick={submit}>
          Add comment
        </Button>
      </Group>
    </section>
  );
}
