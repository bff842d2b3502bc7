/** PDF dates (ISO 32000-1 7.9.4), UTC only: `D:20261123130000Z`. */

export const toPdfDate = (date: Date): string => `D:${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;

/** The instant of a PDF date in UTC; null for any other form. */
export function fromPdfDate(text: string): Date | null {
  const match = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|\+00'00'?)$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
