/** Reports: choose a template, see what stands in the way, build, sign, verify, save. */
import { Button, Group, Text } from '@mantine/core';
import { IconFileSearch, IconSignature } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type JSX, useState } from 'react';
import { z } from 'zod';
import { templateIdSchema } from '../../../src-shared/contract/schemas/report.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { Instant } from '../../ui/instant.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { BuildForm } from './build-form.tsx';
import { ReportDetail } from './report-detail.tsx';
import './reports.css';

const reportsSearch = z.object({
  report: z.int().optional().catch(undefined),
  template: templateIdSchema.optional().catch(undefined),
});

export function ReportsScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(reportsSearch);
  const templates = useAssayQuery('report.templates', {});
  const reports = useAssayQuery('report.list', {});
  const [building, setBuilding] = useState(false);
  const list = [...(reports.data?.reports ?? [])].sort((a, b) => b.id - a.id);
  const selected = list.find((report) => report.id === search.report) ?? null;
  const template = templates.data?.templates.find((t) => t.id === search.template);
  const failure = templates.error ?? reports.error;
  return (
    <Page
      title="Reports"
      subtitle="A report carries its own evidence: whoever has the PDF can check every statement in it without this workspace."
      actions={
        <Button component={Link} to="/verify" variant="default" leftSection={<IconFileSearch size={16} />}>
          Verify a PDF…
        </Button>
      }
    >
      {failure ? <ErrorPanel error={failure} what="report.list" onRetry={() => void reports.refetch()} /> : null}
      {templates.isPending || reports.isPending ? <Loading /> : null}
      <div className="assay-reports">
        <div className="assay-reports-side">
          <Panel title="New report" note="Choose what for.">
            <ul className="assay-templates">
              {(templates.data?.templates ?? []).map((t) => (
                <li key={t.id}>
                  <button
                    type="button"
                    className="assay-template"
                    aria-pressed={template?.id === t.id && selected === null}
                    onClick={() => {
                      setBuilding(true);
                      patch({ template: t.id, report: undefined });
                    }}
                  >
                    <strong>{t.title}</strong>
                    <span>For {t.reader}</span>
                    <span>{countOf(t.sections.length, 'section')}</span>
                  </button>
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title="Built here" note={reports.data ? `${countOf(list.length, 'report')}, newest first` : ''}>
            {reports.data && list.length === 0 ? (
              <Text size="sm" c="dimmed">
                None yet.
              </Text>
            ) : null}
            <ul className="assay-templates">
              {list.map((report) => (
                <li key={report.id}>
                  <button
                    type="button"
                    className="assay-template"
                    aria-pressed={selected?.id === report.id}
                    onClick={() => patch({ report: report.id, template: undefined }, 'push')}
                  >
                    <strong>{report.title}</strong>
                    <span>
                      <Instant at={report.builtAt} clock="Built, this computer's clock" /> · {count(report.pages)} pages
                    </span>
                    <Group gap={6}>
                      {report.signed ? (
                        <span className="assay-chip" data-tone="good">
                          <IconSignature size={14} aria-hidden /> Signed
                        </span>
                      ) : (
                        <span className="assay-chip" data-tone="neutral">
                          Not signed
                        </span>
                      )}
                    </Group>
                  </button>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        <div className="assay-reports-main">
          {selected ? <ReportDetail key={selected.id} report={selected} /> : null}
          {!selected && template ? (
            <BuildForm
              key={template.id}
              template={template}
              onBuilt={(id) => {
                setBuilding(false);
                patch({ report: id, template: undefined }, 'push');
              }}
            />
          ) : null}
          {!selected && !template && !building && templates.data ? (
            <div className="assay-empty">
              <Text fw={600}>Choose a template, or a report that was built</Text>
              <Text size="sm" c="dimmed" maw={460}>
                Before anything is built you see what is missing. A report can be built again at any time; a signed one
                never changes.
              </Text>
            </div>
          ) : null}
        </div>
      </div>
    </Page>
  );
}
