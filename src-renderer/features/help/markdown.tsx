/**
 * The small part of markdown that the help pages use: headings, paragraphs, lists, tables, code, strong, emphasis and links
 * inside the application. Everything becomes React elements, so no markup in a text can become a part of the page.
 */
import { Code, List, Table, Text, Title } from '@mantine/core';
import { Fragment, type JSX, type ReactNode } from 'react';
import { AppLink } from '../../ui/app-link.tsx';
import { blocksOf, type MarkdownBlock } from './markdown-blocks.ts';

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
