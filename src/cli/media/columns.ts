/** Rows in columns, as many of them as there is room for. */
export interface Column {
  title: string;
  /** Words begin at the left, numbers end at the right. */
  isWords?: boolean;
  /** The column with the highest number goes first where the terminal is too narrow; without one it stays. */
  dispensable?: number;
  /** Characters that it keeps where even that is too wide; its beginning is shown. Default: all. */
  shortest?: number;
}

const gap = 2;

/** The head and the rows, no line wider than `width` as far as columns can be left out and shortened. */
export function inColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  let kept = columns.map((column, index) => {
    const cells = [column.title, ...rows.map((row) => row[index] ?? '')];
    return { ...column, cells, room: Math.max(...cells.map((cell) => Array.from(cell).length)) };
  });
  const excess = (): number => kept.reduce((sum, { room }) => sum + room + gap, -gap) - width;
  while (excess() > 0) {
    const least = Math.max(...kept.map(({ dispensable = 0 }) => dispensable));
    if (least === 0) break;
    kept = kept.filter(({ dispensable }) => dispensable !== least);
  }
  for (const column of kept) {
    const spare = column.room - (column.shortest ?? column.room);
    if (excess() > 0 && spare > 0) column.room -= Math.min(spare, excess());
  }
  return [-1, ...rows.keys()].map((row) =>
    kept
      .map(({ cells, room, isWords }) => aligned(cells[row + 1] ?? '', room, isWords === true))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

function aligned(cell: string, room: number, isWords: boolean): string {
  const characters = Array.from(cell);
  const text = characters.length > room ? `${characters.slice(0, room - 1).join('')}…` : cell;
  const padding = ' '.repeat(room - Math.min(room, characters.length));
  return isWords ? text + padding : padding + text;
}
