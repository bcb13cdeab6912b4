/**
 * What a terminal shows after it got some output (ECMA-48; the few sequences that a line editor uses). Anything else is an
 * error, so that a test does not pass on a screen that nobody would see.
 */
export class Screen {
  readonly #columns: number;
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The rows, without spaces at their ends and without empty rows at the bottom. */
  get text(): string {
    return this.#rows
      .map((row) =>
        Array.from(row, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  /** @param output complete sequences only */
  write(output: string): this {
    // oxlint-disable-next-line no-control-regex
    for (const [token, parameter, command] of output.matchAll(/\u001b\[(\d*)([A-Za-z])|\u001b|[^\u001b]/gu)) {
      if (command !== undefined) this.#control(command, parameter === '' ? undefined : Number(parameter));
      else this.#character(token);
    }
    return this;
  }

  #character(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down(1);
    else if (character < ' ' || character === '\u007f')
      throw new Error(`screen: control character ${JSON.stringify(character)}`);
    else {
      // The last column keeps the cursor until another character comes.
      if (this.#column === this.#columns) {
        this.#column = 0;
        this.#down(1);
      }
      this.#current[this.#column] = character;
      this.#column += 1;
    }
  }

  #control(command: string, parameter: number | undefined): void {
    switch (command) {
      case 'A':
        this.#row = Math.max(0, this.#row - (parameter ?? 1));
        return;
      case 'B':
        this.#row = Math.min(this.#rows.length - 1, this.#row + (parameter ?? 1));
        return;
      case 'C':
        this.#column = Math.min(this.#columns - 1, this.#column + (parameter ?? 1));
        return;
      case 'D':
        this.#column = Math.max(0, this.#column - (parameter ?? 1));
        return;
      case 'G':
        this.#column = (parameter ?? 1) - 1;
        return;
      case 'J':
        if ((parameter ?? 0) !== 0) break;
        this.#current.length = Math.min(this.#current.length, this.#column);
        for (const row of this.#rows.slice(this.#row + 1)) row.length = 0;
        return;
      case 'K':
        if ((parameter ?? 0) !== 0) break;
        this.#current.length = Math.min(this.#current.length, this.#column);
        return;
      case 'm':
        return;
      default:
    }
    throw new Error(`screen: control sequence ${parameter ?? ''}${command}`);
  }

  #down(rows: number): void {
    this.#row += rows;
    while (this.#rows.length <= this.#row) this.#rows.push([]);
  }

  get #current(): string[] {
    return this.#rows[this.#row] ?? [];
  }
}
