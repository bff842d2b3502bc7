/** Snapshots: verify a bundle, see what it would change, import it; and everything imported so far. */
import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import type { JSX } from 'react';
import { z } from 'zod';
import { pickFiles } from '../../api/files.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { stageFiles, unstageFirst, useStaged } from '../../api/staged.ts';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import './import.css';
import { ImportFlow } from './import-flow.tsx';
import { RegistryTimelines } from './registry-timelines.tsx';
import { SnapshotDetail } from './snapshot-detail.tsx';
import { SnapshotTable } from './snapshot-table.tsx';

const importSearch = z.object({ snapshot: z.int().optional().catch(undefined) });

export function ImportScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(importSearch);
  const { files } = useStaged();
  const list = useAssayQuery('snapshots.list', {});
  const current = files[0];
  const pick = async (): Promise<void> => stageFiles(await pickFiles());
  return (
    <Page
      title="Snapshots"
      subtitle="A snapshot is a signed statement of what a registry claims, or of what was found."
      actions={
        <Button leftSection={<IconFileImport size={16} />} onClick={() => void pick()} disabled={current !== undefined}>
          Verify and import…
        </Button>
      }
    >
      {current ? (
        <ImportFlow
          key={current.grant}
          file={current}
          waiting={files.length - 1}
          onDone={unstageFirst}
          onShow={(snapshot) => patch({ snapshot }, 'push')}
        />
      ) : (
        <button type="button" className="assay-dropzone" onClick={() => void pick()}>
          <IconFileImport size={26} aria-hidden />
          <span>
            <strong>Drop a snapshot bundle anywhere on this window</strong>
            <br />
            or press to choose one. It is verified first; nothing is stored before you have seen what it would change.
          </span>
        </button>
      )}
      {list.error ? <ErrorPanel error={list.error} what="snapshots.list" onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading rows={4} /> : null}
      <RegistryTimelines onShow={(snapshot) => patch({ snapshot }, 'push')} />
      {list.data ? (
        <SnapshotTable snapshots={list.data.snapshots} onShow={(snapshot) => patch({ snapshot }, 'push')} />
      ) : null}
      <SnapshotDetail snapshot={search.snapshot} onClose={() => patch({ snapshot: undefined })} />
    </Page>
  );
}
