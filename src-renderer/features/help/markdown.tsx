/**
 * The small part of markdown that the help pages use: headings, paragraphs, lists, tables, code, strong, emphasis and links
 * inside the application. Everything becomes React elements, so no markup in a text can become a part of the page.
 */
import { Code, List, Table, Text, Title } from '@mantine/core';
import { Fragment, type JSX, type ReactNode } from 'react';
import { AppLink } from '../../ui/app-link.tsx';

export function Markdown({ text }: { readonly text: string }): JSX.Element {
  return (
    <div className="assay-prose">
      {blocksOf(text).map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes while it is shown.
        <Block key={at} block={block} />
      ))}
    </div>
  );
}

export type MarkdownBlock =
  | { readonly type: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'code'; readonly text: string };

/** Splits a text into blocks; blank lines end a paragraph, everything else is told by how a line begins. */
export function blocksOf(text: string): readonly MarkdownBlock[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const blocks: MarkdownBlock[] = [];
  let at = 0;
  const takeWhile = (test: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    for (let line = lines[at]; line !== undefined && test(line); line = lines[at]) {
      taken.push(line);
      at += 1;
    }
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(##|###) (.+)$/.exec(line);
    if (line.trim() === '') at += 1;
    else if (heading) {
      blocks.push({ type: 'heading', level: heading[1] === '##' ? 2 : 3, text: heading[2] ?? '' });
      at += 1;
    } else if (line.startsWith('```')) {
      at += 1;
      blocks.push({ type: 'code', text: takeWhile((l) => !l.startsWith('```')).join('\n') });
      at += 1;
    } else if (line.startsWith('|')) {
      const [head, , ...rows] = takeWhile((l) => l.startsWith('|')).map(cellsOf);
      blocks.push({ type: 'table', head: head ?? [], rows });
    } else if (/^(- |\d+\. )/.test(line)) {
      const ordered = !line.startsWith('- ');
      const raw = takeWhile((l) => /^(- |\d+\. | {2,}\S)/.test(l));
      const items: string[] = [];
      for (const l of raw) {
        if (/^(- |\d+\. )/.test(l)) items.push(l.replace(/^(- |\d+\. )/, ''));
        else items.push(`${items.pop() ?? ''} ${l.trim()}`);
      }
      blocks.push({ type: 'list', ordered, items });
    } else {
      blocks.push({
        type: 'paragraph',
        text: takeWhile((l) => l.trim() !== '' && !/^(#|```|\||- |\d+\. )/.test(l)).join(' '),
      });
      // A line that begins like a block and is none (a lone "#") must not stop the loop.
      if (lines[at] === line) at += 1;
    }
  }
  return blocks;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

function Block({ block }: { readonly block: MarkdownBlock }): JSX.Element {
  switch (block.type) {
    case 'heading':
      return (
        <Title order={block.level} mt="lg" mb={6} id={anchorOf(block.text)}>
          {inline(block.text)}
        </Title>
      );
    case 'paragraph':
      return (
        <Text component="p" my="xs">
          {inline(block.text)}
        </Text>
      );
    case 'code':
      return (
        <Code block my="sm">
          {block.text}
        </Code>
      );
    case 'list':
      return (
        <List type={block.ordered ? 'ordered' : 'unordered'} spacing={5} my="xs">
          {block.items.map((item) => (
            <List.Item key={item}>{inline(item)}</List.Item>
          ))}
        </List>
      );
    default:
      return (
        <div className="assay-scroll-x">
          <Table verticalSpacing={6} my="sm">
            <Table.Thead>
              <Table.Tr>
                {block.head.map((cell) => (
                  <Table.Th key={cell}>{inline(cell)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {block.rows.map((row) => (
                <Table.Tr key={row.join('|')}>
                  {row.map((cell, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its position.
                    <Table.Td key={at}>{inline(cell)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      );
  }
}

export const anchorOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Strong, emphasis, code and links within a line. A link that does not lead into the application is shown as its text. */
function inline(text: string): ReactNode {
  const parts = text.split(/(\*\*[^*]+\*\*|`[^`]+`|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)]+\))/);
  return parts.map((part, at) => {
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    // biome-ignore-start lint/suspicious/noArrayIndexKey: a text never changes while it is shown.
    if (link) {
      return (
        <AppLink key={at} link={link[2] ?? ''}>
          {link[1] ?? ''}
        </AppLink>
      );
    }
    if (part.startsWith('**') && part.length > 4) return <strong key={at}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('`') && part.length > 2) return <Code key={at}>{part.slice(1, -1)}</Code>;
    if (part.startsWith('*') && part.length > 2) return <em key={at}>{part.slice(1, -1)}</em>;
    return <Fragment key={at}>{part}</Fragment>;
    // biome-ignore-end lint/suspicious/noArrayIndexKey: a text never changes while it is shown.
  });
}
