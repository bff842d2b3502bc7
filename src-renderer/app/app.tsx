/** Providers around the router, and what happens when a job ends or the workspace locks. */
import { MantineProvider } from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { JSX } from 'react';
import { contract } from '../../src-shared/contract/contract.ts';
import { queryClient, whenLocked } from '../api/hooks.ts';
import { jobTitle, onJobEnd } from '../api/jobs.ts';
import { usePreferences } from '../api/preferences.ts';
import { styleNonce } from './prelude.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

whenLocked(() => void router.navigate({ to: '/start' }));

/** Jobs whose end a person may miss because they went to another screen; the others show their result where they were started. */
const announced: ReadonlySet<string> = new Set(['reconcile.run', 'check.run', 'report.build', 'report.sign']);

onJobEnd((method) => {
  if (contract[method].workspace || method === 'workspace.create' || method === 'workspace.unlock') {
    void queryClient.invalidateQueries();
  }
  if (announced.has(method)) notifications.show({ message: `${jobTitle(method)}: done`, color: 'verdigris' });
});

const getStyleNonce = (): string => styleNonce;

export function App(): JSX.Element {
  const { theme: scheme } = usePreferences();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      getStyleNonce={getStyleNonce}
      defaultColorScheme="auto"
      {...(scheme === 'auto' ? {} : { forceColorScheme: scheme })}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" limit={4} autoClose={5000} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
