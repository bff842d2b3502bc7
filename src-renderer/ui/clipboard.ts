/**
 * Copying without a permission.
 *
 * The window denies every permission, so the asynchronous clipboard API may be refused; a `copy` event that the person's own
 * key or click caused needs none, and carries several types at once.
 */

export interface Copyable {
  readonly text: string;
  readonly html?: string;
}

/** Puts text, and HTML when given, on the clipboard; must run inside a key or click handler. False when refused. */
export function copyToClipboard({ text, html }: Copyable): boolean {
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
    if (html !== undefined) event.clipboardData?.setData('text/html', html);
  };
  document.addEventListener('copy', onCopy, { capture: true, once: true });
  try {
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', onCopy, { capture: true });
  }
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'));

/** Rows as tab-separated values plus an HTML table; tabs and line breaks inside a value become spaces, as Excel expects. */
export function tableForClipboard(header: readonly string[], rows: readonly (readonly string[])[]): Required<Copyable> {
  const flat = (value: string): string => value.replace(/[\t\r\n]+/g, ' ');
  const lines = [header, ...rows].map((row) => row.map(flat).join('\t'));
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((value) => `<${tag}>${escapeHtml(value)}</${tag}>`).join('')}</tr>`;
  return {
    text: `${lines.join('\n')}\n`,
    html: `<table><thead>${cells(header, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table>`,
  };
}
