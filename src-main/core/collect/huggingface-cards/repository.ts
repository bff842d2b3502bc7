/** Which repository a card belongs to, as far as its path tells. */

export interface Repository {
  /** `org/name`, or the file's own name where the path says no more. */
  readonly name: string;
  readonly kind: 'model' | 'dataset' | 'space' | null;
  /** Commit, in the hub's cache layout. */
  readonly revision: string | undefined;
  /** True when the path follows the hub's layout, so that the name is a repository on it. */
  readonly isHub: boolean;
}

const kinds = { models: 'model', datasets: 'dataset', spaces: 'space' } as const;

export function repositoryOf(path: string): Repository {
  const cached = /(?:^|\/)(models|datasets|spaces)--([^/]+?)\/snapshots\/([^/]+)\//.exec(path);
  const type = cached?.[1];
  if (cached && (type === 'models' || type === 'datasets' || type === 'spaces')) {
    return { name: (cached[2] ?? '').replace('--', '/'), kind: kinds[type], revision: cached[3], isHub: true };
  }
  const parts = path.split('/');
  const file = parts.pop() ?? path;
  if (!/^readme\.(md|markdown)$/i.test(file) || parts.length === 0) {
    return { name: file.replace(/\.(md|markdown)$/i, ''), kind: null, revision: undefined, isHub: false };
  }
  const folder = parts.find((part) => part === 'datasets') ? 'dataset' : null;
  return { name: parts.slice(-2).join('/'), kind: folder, revision: undefined, isHub: false };
}

/** First paragraph of prose below the headings: what the card says the thing is. */
export function summaryOf(body: string): string | undefined {
  const paragraphs = body
    .replace(/<!--[\s\S]*?-->/g, '')
    .split(/\r?\n\s*\r?\n/)
    .map((part) => part.trim());
  return paragraphs.find((part) => part !== '' && !/^(#|<|```|\||!\[|- |\{\{)/.test(part))?.slice(0, 4000);
}

/** Text of the first heading. */
export const titleOf = (body: string): string | undefined => {
  const title = /^#\s+(.+?)\s*$/m.exec(body)?.[1];
  return title === undefined || title.includes('{{') ? undefined : title;
};
