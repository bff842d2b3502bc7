/** The frame of a screen: its one h1, a line that says what it is for, its actions, then its content. */
import { Box, Group, Text, Title } from '@mantine/core';
import { type JSX, type ReactNode, useEffect } from 'react';

interface PageProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode;
  /** Bars under the title: stale or untrusted data, filters. */
  readonly banner?: ReactNode;
  /** `fill`: the content takes the rest of the window and scrolls by itself (tables, graphs). Default: the page scrolls. */
  readonly layout?: 'scroll' | 'fill';
  readonly children: ReactNode;
}

export function Page({ title, subtitle, actions, banner, layout = 'scroll', children }: PageProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  return (
    <div className={layout === 'fill' ? 'assay-page assay-page-fill' : 'assay-page'}>
      <header className="assay-page-head">
        <Box miw={0} flex={1}>
          <Title order={1}>{title}</Title>
          {subtitle ? (
            <Text component="div" size="sm" c="dimmed" mt={2}>
              {subtitle}
            </Text>
          ) : null}
        </Box>
        {actions ? (
          <Group gap="xs" wrap="wrap" justify="flex-end">
            {actions}
          </Group>
        ) : null}
      </header>
      {banner}
      <div className="assay-page-body">{children}</div>
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  /** What the numbers below mean and out of how many. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A titled group of content inside a page. */
export function Panel({ title, note, actions, children }: PanelProps): JSX.Element {
  return (
    <section className="assay-panel">
      <header className="assay-panel-head">
        <Box miw={0} flex={1}>
          <Title order={2}>{title}</Title>
          {note ? (
            <Text component="div" size="xs" c="dimmed" mt={2}>
              {note}
            </Text>
          ) : null}
        </Box>
        {actions}
      </header>
      {children}
    </section>
  );
}
