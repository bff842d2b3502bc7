/** Markdown that begins with YAML between `---` lines, as Hugging Face cards do. */

export interface FrontMatter {
  readonly matter: string;
  readonly body: string;
}

/** Null where the block does not begin at the first line, or has no end. */
export function frontMatterOf(text: string): FrontMatter | null {
  const match = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(text);
  return match ? { matter: match[1] ?? '', body: match[2] ?? '' } : null;
}
