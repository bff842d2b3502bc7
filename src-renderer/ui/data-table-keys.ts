/** Keys of a table as data: which key means what, apart from how it is done. Keys act only while the table has the focus. */
import type { Position } from './data-table-model.ts';

export type TableAction =
  | { readonly do: 'move'; readonly to: Position; readonly extend: boolean }
  | { readonly do: 'open' | 'mark' | 'all' | 'copy' | 'clear' | 'sort' }
  | { readonly do: 'resize'; readonly by: number };

export interface TableShape {
  readonly rows: number;
  readonly cols: number;
  /** Rows that fit on the screen. */
  readonly page: number;
  readonly at: Position;
}

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key does, or null when it is not the table's. Row -1 is the header, where Enter sorts and Alt+arrows resize; `letters` off leaves J, K and X alone. */
export function tableAction(press: KeyPress, shape: TableShape, letters: boolean): TableAction | null {
  const { at, rows, cols, page } = shape;
  const control = press.ctrlKey || press.metaKey;
  const move = (row: number, col: number): TableAction => ({
    do: 'move',
    to: { row: Math.max(-1, Math.min(rows - 1, row)), col: Math.max(0, Math.min(cols - 1, col)) },
    extend: press.shiftKey && at.row >= 0,
  });
  if (press.altKey) {
    if (at.row !== -1) return null;
    if (press.key === 'ArrowLeft') return { do: 'resize', by: -16 };
    if (press.key === 'ArrowRight') return { do: 'resize', by: 16 };
    return null;
  }
  switch (press.key) {
    case 'ArrowDown':
      return move(control ? rows - 1 : at.row + 1, at.col);
    case 'ArrowUp':
      return move(control ? 0 : at.row - 1, at.col);
    case 'ArrowLeft':
      return move(at.row, at.col - 1);
    case 'ArrowRight':
      return move(at.row, at.col + 1);
    case 'PageDown':
      return move(at.row + page, at.col);
    case 'PageUp':
      return move(Math.max(0, at.row - page), at.col);
    case 'Home':
      return control ? move(0, 0) : move(at.row, 0);
    case 'End':
      return control ? move(rows - 1, cols - 1) : move(at.row, cols - 1);
    case 'Enter':
      return { do: at.row === -1 ? 'sort' : 'open' };
    case 'Escape':
      return { do: 'clear' };
    case ' ':
      return at.row === -1 ? { do: 'sort' } : { do: 'mark' };
    default:
      return letterAction(press, control, letters, move, at);
  }
}

function letterAction(
  press: KeyPress,
  control: boolean,
  letters: boolean,
  move: (row: number, col: number) => TableAction,
  at: Position,
): TableAction | null {
  const letter = press.key.toLowerCase();
  if (control) return letter === 'a' ? { do: 'all' } : letter === 'c' ? { do: 'copy' } : null;
  if (!letters) return null;
  if (letter === 'j') return move(at.row + 1, at.col);
  if (letter === 'k') return move(Math.max(0, at.row - 1), at.col);
  return letter === 'x' && at.row >= 0 ? { do: 'mark' } : null;
}
