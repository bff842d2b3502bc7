/** The offline help: markdown files of `resources/help`, in the page's own bundle. */
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
export const helpPages: readonly HelpPage[] = Object.entries(sources)
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([path, text]) => ({
    id: path.replace(/^.*\/\d*-?/, '').replace(/\.md$/, ''),
    title: /^# (.+)$/m.exec(text)?.[1] ?? path,
    text: text.replace(/^# .+\n+/, ''),
  }));
