/** The offline help: markdown files of `resources/help`, in the page's own bundle, and the dictionary as a page. */
import { dictionaryMarkdown } from '../../../src-shared/domain/dictionary-table.ts';

const sources = import.meta.glob<string>('../../../resources/help/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface HelpPage {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** `01-start.md` is the page `start`; the number gives the order, the first heading the title. */
const written: readonly HelpPage[] = Object.entries(sources)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([path, text]) => ({
    id: path.replace(/^.*\/\d*-?/, '').replace(/\.md$/, ''),
    title: /^# (.+)$/m.exec(text)?.[1] ?? path,
    text: text.replace(/^# .+\n+/, ''),
  }));

export const helpPages: readonly HelpPage[] = [
  ...written,
  { id: 'dictionary', title: 'Data dictionary', text: dictionaryMarkdown() },
];
