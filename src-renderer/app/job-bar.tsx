/** The line at the bottom: what is running now, on whichever screen it was started. */
import { Progress as Bar, Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type JSX, useSyncExternalStore } from 'react';
import { isMethod, type JobName } from '../../src-shared/contract/contract.ts';
import { cancelJob, jobTable, jobTitle, subscribeJobs } from '../api/jobs.ts';
import { progressShare, progressText } from '../ui/job-progress.tsx';

export function JobBar(): JSX.Element {
  const table = useSyncExternalStore(subscribeJobs, jobTable);
  const running = Object.entries(table).filter(([, job]) => job?.state === 'running');
  return (
    <footer className="assay-status">
      {running.length === 0 ? (
        <span className="assay-status-idle">
          <IconPlugConnectedX size={14} aria-hidden /> Offline by construction: this window and its engine open no
          network connection.
        </span>
      ) : (
        running.map(([name, job]) => {
          if (!isMethod(name) || !job) return null;
          const method = name as JobName;
          const share = progressShare(job.progress);
          return (
            <span key={name} className="assay-status-job">
              <strong>{jobTitle(method)}</strong> {job.progress?.phase}
              <Bar value={share ?? 100} animated={share === null} size="sm" w={160} aria-label={jobTitle(method)} />
              <span className="assay-status-amount">{progressText(job.progress, job.startedAt)}</span>
              <Button size="compact-xs" variant="default" onClick={() => cancelJob(method)}>
                Cancel
              </Button>
            </span>
          );
        })
      )}
    </footer>
  );
}
