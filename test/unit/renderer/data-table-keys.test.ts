/** Keys of the data table: what each press means at each place. */
import { describe, expect, it } from 'vitest';
import { type KeyPress, type TableShape, tableAction } from '../../../src-renderer/ui/data-table-keys.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});
const shape = (row: number, col = 1): TableShape => ({ rows: 100, cols: 4, page: 10, at: { row, col } });
const to = (action: ReturnType<typeof tableAction>) => (action?.do === 'move' ? action.to : null);

describe('tableAction', () => {
  it('when an arrow is pressed it moves by one and stays inside the grid', () => {
    expect(to(tableAction(press('ArrowDown'), shape(3), true))).toEqual({ row: 4, col: 1 });
    expect(to(tableAction(press('ArrowDown'), shape(99), true))).toEqual({ row: 99, col: 1 });
    expect(to(tableAction(press('ArrowLeft'), shape(3, 0), true))).toEqual({ row: 3, col: 0 });
    expect(to(tableAction(press('ArrowRight'), shape(3, 3), true))).toEqual({ row: 3, col: 3 });
  });

  it('when it goes up from the first row it reaches the header, where Enter sorts', () => {
    expect(to(tableAction(press('ArrowUp'), shape(0), true))).toEqual({ row: -1, col: 1 });
    expect(tableAction(press('Enter'), shape(-1), true)).toEqual({ do: 'sort' });
    expect(tableAction(press('Enter'), shape(0), true)).toEqual({ do: 'open' });
  });

  it('when Alt and an arrow are pressed on the header it resizes, and elsewhere leaves history alone', () => {
    expect(tableAction(press('ArrowRight', { altKey: true }), shape(-1), true)).toEqual({ do: 'resize', by: 16 });
    expect(tableAction(press('ArrowLeft', { altKey: true }), shape(5), true)).toBeNull();
  });

  it('when Shift is held it extends the marks, but not from the header', () => {
    expect(tableAction(press('ArrowDown', { shiftKey: true }), shape(3), true)).toMatchObject({ extend: true });
    expect(tableAction(press('J', { shiftKey: true }), shape(3), true)).toMatchObject({ to: { row: 4 }, extend: true });
    expect(tableAction(press('ArrowDown', { shiftKey: true }), shape(-1), true)).toMatchObject({ extend: false });
  });

  it('when single letters are switched off J, K and X do nothing and Ctrl keys still work', () => {
    for (const key of ['j', 'k', 'x']) expect(tableAction(press(key), shape(3), false)).toBeNull();
    expect(tableAction(press('c', { ctrlKey: true }), shape(3), false)).toEqual({ do: 'copy' });
    expect(tableAction(press('a', { metaKey: true }), shape(3), false)).toEqual({ do: 'all' });
  });

  it('when K is pressed on the first row it stays there instead of entering the header', () => {
    expect(to(tableAction(press('k'), shape(0), true))).toEqual({ row: 0, col: 1 });
  });
});
