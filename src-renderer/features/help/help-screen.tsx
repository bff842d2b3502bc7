/** Offline help: how it works, how to read it, every term. Searchable, because nobody reads help from the start. */
import { NavLink, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type JSX, useMemo, useState } from 'react';
import { z } from 'zod';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import './help.css';
import { Markdown } from './markdown.tsx';
import { type HelpPage, helpPages } from './pages.ts';

const helpSearch = z.object({ page: z.string().default('start').catch('start') });

export function HelpScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(helpSearch);
  const [words, setWords] = useState('');
  const page = helpPages.find((p) => p.id === search.page) ?? helpPages[0];
  const hits = useMemo(() => findIn(helpPages, words), [words]);
  return (
    <Page title="Help" subtitle="All of it is on this computer.">
      <div className="assay-help">
        <nav aria-label="Help pages">
          <TextInput
            type="search"
            aria-label="Search the help"
            placeholder="Search the help"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={words}
            onChange={(e) => setWords(e.currentTarget.value)}
            mb="sm"
          />
          {hits === null
            ? helpPages.map((p) => (
                <NavLink
                  key={p.id}
                  component="button"
                  label={p.title}
                  active={p.id === page?.id}
                  aria-current={p.id === page?.id ? 'page' : undefined}
                  onClick={() => patch({ page: p.id }, 'push')}
                />
              ))
            : hits.map((hit) => (
                <NavLink
                  key={hit.page.id + hit.excerpt}
                  component="button"
                  label={hit.page.title}
                  description={hit.excerpt}
                  onClick={() => {
                    setWords('');
                    patch({ page: hit.page.id }, 'push');
                  }}
                />
              ))}
          {hits?.length === 0 ? (
            <Text size="sm" c="dimmed" px="xs">
              Nothing in the help says that.
            </Text>
          ) : null}
        </nav>
        {page ? (
          <article className="assay-panel">
            <Title order={2} mb="xs" size="h1">
              {page.title}
            </Title>
            <Markdown text={page.text} />
          </article>
        ) : null}
      </div>
    </Page>
  );
}

interface Hit {
  readonly page: HelpPage;
  readonly excerpt: string;
}

/** Paragraphs that hold every word; null while fewer than two letters are typed. */
function findIn(pages: readonly HelpPage[], typed: string): readonly Hit[] | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.join('').length < 2) return null;
  return pages
    .flatMap((page) =>
      page.text
        .split(/\n+/)
        .filter((paragraph) => words.every((word) => paragraph.toLowerCase().includes(word)))
        .slice(0, 4)
        .map((paragraph) => ({ page, excerpt: plain(paragraph).slice(0, 140) })),
    )
    .slice(0, 24);
}

const plain = (markdown: string): string =>
  markdown
    .replace(/[*`#|]/g, ' ')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
