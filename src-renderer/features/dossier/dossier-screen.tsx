/** Dossier: everything that is known about one record, as of one snapshot, with where each fact came from. */
import { Anchor, Button, Stack, Tabs, Text } from '@mantine/core';
import { IconSitemap } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import type { JSX } from 'react';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { findingStateSchema, severitySchema } from '../../../src-shared/domain/finding.ts';
import { formatRef, type RecordRef, recordRefSchema } from '../../../src-shared/domain/record.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import {
  Completeness,
  humanWord,
  LifecycleBadge,
  SeverityBadge,
  StateBadge,
  TierBadge,
  VerdictBadge,
} from '../../ui/badges.tsx';
import { Hash } from '../../ui/hash.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { countOf } from '../../ui/numbers.ts';
import { Page, Panel } from '../../ui/page.tsx';
import { RecordLink } from '../../ui/record-link.tsx';
import { recordName } from '../../ui/record-name.ts';
import { useScreenSearch } from '../../ui/search-state.ts';
import { SnapshotSelect } from '../../ui/snapshot-select.tsx';
import { EmptyNoIssue, ErrorPanel, Loading } from '../../ui/states.tsx';
import { ProveRecord } from '../proof/prove-record.tsx';
import { ChangesTab } from './changes-tab.tsx';
import classes from './dossier.module.css';
import { type Dossier, FactsTab } from './facts-tab.tsx';
import { FilesPanel } from './files-panel.tsx';
import { HistoryTab } from './history-tab.tsx';
import { LineageTab } from './lineage-tab.tsx';
import { dossierSearch, dossierTabs } from './search.ts';

export { dossierSearch } from './search.ts';

export function DossierScreen(): JSX.Element {
  const ref = recordRefSchema.safeParse(useParams({ strict: false }));
  if (!ref.success) {
    return (
      <Page title="Record">
        <ErrorPanel
          error={new Error('this address names no kind of record that the dictionary knows')}
          what="inventory.show"
        />
      </Page>
    );
  }
  return <DossierOf key={formatRef(ref.data)} target={ref.data} />;
}

function DossierOf({ target }: { readonly target: RecordRef }): JSX.Element {
  const [search, patch] = useScreenSearch(dossierSearch);
  const { snapshot, compareTo, tab } = search;
  const query = useAssayQuery('inventory.show', {
    ref: target,
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(compareTo === undefined ? {} : { compareTo }),
  });
  const dossier = query.data;
  const entity = entityOf(target.kind);
  if (query.error) {
    return (
      <Page title={target.id}>
        <ErrorPanel error={query.error} what="inventory.show" onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!dossier) {
    return (
      <Page title={target.id}>
        <Loading label="Loading the dossier" />
      </Page>
    );
  }
  const changed = dossier.facts.filter(
    (f) => f.previous !== undefined && (f.previous.state !== f.cell.state || f.previous.value !== f.cell.value),
  );
  return (
    <Page
      title={recordName(dossier.ref.id, dossier.name)}
      subtitle={<Header dossier={dossier} kindLabel={entity.label} />}
      actions={
        <>
          <SnapshotSelect
            label="As of snapshot"
            none="Newest snapshot"
            width={280}
            value={snapshot}
            onChange={(next) => patch({ snapshot: next }, 'push')}
            only={(one) => dossier.history.some((entry) => entry.snapshot === one.snapshot)}
          />
          <Button
            variant="default"
            leftSection={<IconSitemap size={16} aria-hidden />}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/lineage"
                search={{ kind: target.kind, id: target.id, ...(snapshot === undefined ? {} : { snapshot }) }}
              />
            )}
          >
            Lineage
          </Button>
          <ProveRecord dossier={dossier} />
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => patch({ tab: dossierTabs.find((one) => one === next) ?? 'facts' })}
        keepMounted={false}
        color="var(--mantine-color-anchor)"
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
          <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
          <Tabs.Tab value="changes">Changes{compareTo === undefined ? '' : ` (${changed.length})`}</Tabs.Tab>
          <Tabs.Tab value="findings">Findings ({dossier.findings.length})</Tabs.Tab>
          <Tabs.Tab value="history">History ({dossier.history.length})</Tabs.Tab>
        </Tabs.List>
        <div className={classes['layout']}>
          <Stack gap="md">
            {tab === 'facts' && <FactsTab dossier={dossier} />}
            {tab === 'lineage' && <LineageTab target={target} snapshot={snapshot} />}
            {tab === 'changes' && (
              <ChangesTab dossier={dossier} compareTo={compareTo} onCompare={(next) => patch({ compareTo: next })} />
            )}
            {tab === 'findings' && <FindingsOf dossier={dossier} />}
            {tab === 'history' && (
              <HistoryTab dossier={dossier} onCompare={(next) => patch({ compareTo: next, tab: 'changes' })} />
            )}
          </Stack>
          <aside className={classes['side']} aria-label="Related" data-pane>
            <FilesPanel dossier={dossier} />
            <Relations dossier={dossier} />
          </aside>
        </div>
      </Tabs>
    </Page>
  );
}

function Header({ dossier, kindLabel }: { readonly dossier: Dossier; readonly kindLabel: string }): JSX.Element {
  const textOf = (field: string): string | undefined => {
    const cell = dossier.facts.find((fact) => fact.field === field)?.cell;
    return cell?.state === 'value' ? cell.value : undefined;
  };
  const tier = textOf('risk_tier');
  const status = textOf('lifecycle_status') ?? textOf('version_status') ?? textOf('deployment_status');
  return (
    <Stack gap={8}>
      <span className={classes['meta']}>
        <KindIcon kind={dossier.ref.kind} />
        {kindLabel}
        {dossier.name !== dossier.ref.id && <span className="assay-hash">{dossier.ref.id}</span>}
        <span>· snapshot {dossier.snapshot}</span>
        <Hash value={dossier.digest} label="Record digest" />
      </span>
      <span className={classes['meta']}>
        {dossier.verdict !== null && <VerdictBadge verdict={dossier.verdict} />}
        {tier !== undefined && <TierBadge tier={tier} />}
        {status !== undefined && <LifecycleBadge status={status} />}
        <span className={classes['complete']} title="Share of core fields that are filled">
          <Completeness share={dossier.completeness} />
        </span>
      </span>
    </Stack>
  );
}

/** Records that refer to this one; what this one refers to is linked among its facts. */
function Relations({ dossier }: { readonly dossier: Dossier }): JSX.Element {
  const incoming = dossier.relations.filter(({ detail }) => !detail.startsWith(`${dossier.ref.kind}.`));
  const byRelation = [...Map.groupBy(incoming, ({ relation }) => relation)];
  return (
    <Panel title="Referred to by" note={countOf(incoming.length, 'record')}>
      {incoming.length === 0 && (
        <Text size="sm" c="dimmed">
          No other record refers to this one. What it refers to itself is linked among its facts.
        </Text>
      )}
      {byRelation
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, list]) => (
          <section key={key} className={classes['relation']}>
            <h3>
              {humanWord(key)}
              {list.length > 1 && <span> ({list.length})</span>}
            </h3>
            {list.slice(0, 12).map((item) => (
              <div key={`${formatRef(item.ref)} ${item.detail}`} className={classes['related']} title={item.detail}>
                <KindIcon kind={item.ref.kind} size={14} />
                <RecordLink target={item.ref}>{recordName(item.ref.id, item.name)}</RecordLink>
              </div>
            ))}
            {list.length > 12 && (
              <Text size="xs" c="dimmed">
                and {list.length - 12} more, in the lineage graph
              </Text>
            )}
          </section>
        ))}
    </Panel>
  );
}

function FindingsOf({ dossier }: { readonly dossier: Dossier }): JSX.Element {
  if (dossier.findings.length === 0) {
    return (
      <EmptyNoIssue checked="The latest evaluation found nothing on this record, or no rule has been run yet: see Findings." />
    );
  }
  return (
    <Panel title="Findings on this record" note={`${dossier.findings.length} in all, in any state`}>
      {dossier.findings.map((finding) => {
        const severity = severitySchema.safeParse(finding.severity);
        const state = findingStateSchema.safeParse(finding.state);
        return (
          <div key={finding.id} className={classes['row']} style={{ alignItems: 'center' }}>
            {severity.success && <SeverityBadge severity={severity.data} />}
            <span className={classes['rowMain']}>
              <Anchor
                inherit
                renderRoot={(props) => <Link {...props} to="/findings/$id" params={{ id: String(finding.id) }} />}
              >
                {finding.title}
              </Anchor>
            </span>
            <span className={`${classes['rowSide']} assay-hash`}>{finding.ruleId}</span>
            {state.success && <StateBadge state={state.data} />}
          </div>
        );
      })}
    </Panel>
  );
}
