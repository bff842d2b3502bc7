/** An address that leads nowhere: an old link, or a typing mistake. */
import { AppLink } from '../ui/app-link.tsx';
import { Page, Panel } from '../ui/page.tsx';

export function NotFound() {
  return (
    <Page title="No such screen" subtitle="This address leads nowhere; nothing was changed.">
      <Panel title="What now?">
        <AppLink link="/dashboard">Go to the dashboard</AppLink>
      </Panel>
    </Page>
  );
}
