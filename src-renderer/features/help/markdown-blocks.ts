/** Splits the small part of markdown that the help pages use into blocks. */
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
