/** Before building: what blocks, what will be printed as a qualification, who stands on the cover. */
import { Button, Group, Stack, Text, TextInput, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { type FormEvent, type JSX, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { useAssayQuery, useJob, useWorkspaceInfo } from '../../api/hooks.ts';
import { AppLink, isAppLink } from '../../ui/app-link.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Panel } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';

type Template = OutputOf<'report.templates'>['templates'][number];
type Line = OutputOf<'report.readiness'>['lines'][number];

const looks = {
  block: { icon: IconBan, color: 'red', word: 'Blocks' },
  qualify: { icon: IconAlertTriangle, color: 'orange', word: 'Will be printed as a qualification' },
  note: { icon: IconInfoCircle, color: 'gray', word: 'Note' },
} as const;

export function BuildForm({
  template,
  onBuilt,
}: {
  readonly template: Template;
  readonly onBuilt: (id: number) => void;
}): JSX.Element {
  const info = useWorkspaceInfo();
  const readiness = useAssayQuery('report.readiness', { template: template.id });
  const [title, setTitle] = useState(template.title);
  const [preparedBy, setPreparedBy] = useState<string | null>(null);
  const [reviewedBy, setReviewedBy] = useState('');
  const [classification, setClassification] = useState('Confidential');
  const job = useJob('report.build');
  const preparer = preparedBy ?? info?.user.name ?? '';
  const lines = readiness.data?.lines ?? [];
  const blocked = lines.some((line) => line.level === 'block');

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const report = await job.start({
      template: template.id,
      ...(title.trim() ? { title: title.trim() } : {}),
      ...(preparer.trim() ? { preparedBy: preparer.trim() } : {}),
      ...(reviewedBy.trim() ? { reviewedBy: reviewedBy.trim() } : {}),
      classification: classification.trim(),
    });
    if (report) {
      job.reset();
      onBuilt(report.id);
    }
  };

  return (
    <Stack gap="md">
      <Panel
        title="Before building"
        note="A blocking line has to go first; a qualification is printed in the report as it stands here."
      >
        {readiness.error ? (
          <ErrorPanel error={readiness.error} what="report.readiness" onRetry={() => void readiness.refetch()} />
        ) : null}
        {readiness.isPending ? <Loading rows={3} /> : null}
        {readiness.data && lines.length === 0 ? (
          <Group gap="xs">
            <ThemeIcon variant="light" color="green" radius="xl" size={26} aria-hidden>
              <IconCircleCheck size={16} />
            </ThemeIcon>
            <Text size="sm">Nothing is missing: the report can be built without a qualification.</Text>
          </Group>
        ) : null}
        <ul className="assay-readiness">
          {lines.map((line) => (
            <ReadinessLine key={line.text} line={line} />
          ))}
        </ul>
      </Panel>
      <Panel title={template.title} note={`For ${template.reader}; ${countOf(template.sections.length, 'section')}`}>
        <form onSubmit={(event) => void submit(event)}>
          <Stack gap="md">
            <TextInput
              label="Title on the cover"
              value={title}
              onChange={(e) => setTitle(e.currentTarget.value)}
              maxLength={300}
            />
            <Group grow align="flex-start">
              <TextInput
                label="Prepared by"
                value={preparer}
                onChange={(e) => setPreparedBy(e.currentTarget.value)}
                maxLength={200}
              />
              <TextInput
                label="Reviewed by"
                value={reviewedBy}
                onChange={(e) => setReviewedBy(e.currentTarget.value)}
                maxLength={200}
                placeholder="Nobody yet"
              />
              <TextInput
                label="Classification"
                value={classification}
                onChange={(e) => setClassification(e.currentTarget.value)}
                maxLength={100}
              />
            </Group>
            <div>
              <Text size="sm" fw={500}>
                Sections
              </Text>
              <ul className="assay-sections">
                {template.sections.map((section) => (
                  <li key={section}>{section}</li>
                ))}
              </ul>
            </div>
            {job.error ? <ErrorPanel error={job.error} what="report.build" /> : null}
            {job.state === 'running' ? (
              <JobProgress
                title="Building the report"
                progress={job.progress}
                startedAt={job.startedAt}
                onCancel={job.cancel}
              />
            ) : null}
            <Group justify="flex-end">
              <Button type="submit" disabled={blocked || readiness.isPending} loading={job.state === 'running'}>
                Build the report
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
    </Stack>
  );
}

function ReadinessLine({ line }: { readonly line: Line }): JSX.Element {
  const look = looks[line.level];
  const Icon = look.icon;
  return (
    <li>
      <ThemeIcon variant="light" color={look.color} radius="xl" size={26} aria-hidden>
        <Icon size={15} />
      </ThemeIcon>
      <span>
        <Text span size="xs" fw={600} display="block">
          {look.word}
        </Text>
        <Text span size="sm">
          {line.text}
        </Text>
      </span>
      {isAppLink(line.link) ? (
        <Text span size="sm">
          <AppLink link={line.link}>Show</AppLink>
        </Text>
      ) : null}
    </li>
  );
}
