/** Numbers for people. Exports and copies use plain digits instead. */
const whole = new Intl.NumberFormat('en-GB');
const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 });

export const count = (n: number): string => whole.format(n);

/** `1,204 models`, `1 model`. */
export const countOf = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `37 of 1,204 (3%)`: a number never stands without its denominator. */
export const outOf = (n: number, of: number): string =>
  of === 0 ? `${count(n)} of 0` : `${count(n)} of ${count(of)} (${shareOf(n, of)})`;

/** Neither a few nor all but a few may be rounded to none or all. */
function shareOf(n: number, of: number): string {
  const part = n / of;
  if (n > 0 && part < 0.01) return '<1%';
  if (n < of && part > 0.99) return '>99%';
  return share.format(part);
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = n / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? 'GiB'}`;
}
