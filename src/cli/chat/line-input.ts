/**
 * The lines that somebody types, or that a pipe brings. On a terminal there is a prompt on stderr, and what is written
 * meanwhile appears above the half-typed line, which stays as it was.
 */
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { CliIo, OutputStream } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';

export interface LineInput {
  /** Ends with the input, or with `close()`. Read once. */
  readonly lines: AsyncIterable<string>;
  close(): void;
}

/** Whether somebody types here: then there is a prompt. */
export function isInteractive({ stdin, stderr }: CliIo): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

export function openLineInput(io: CliIo, output: Output): LineInput {
  return isInteractive(io) ? openPrompt(io, output) : openPipe(io);
}

function openPipe({ stdin }: CliIo): LineInput {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  // Lines are lost that come before somebody reads.
  return { lines: onlyOnce(lines[Symbol.asyncIterator]()), close: () => lines.close() };
}

function openPrompt(io: CliIo, output: Output): LineInput {
  const screen = io.stderr;
  const editor = createInterface({ input: io.stdin, output: screen, terminal: true, prompt: '> ' });
  const typed = editor[Symbol.asyncIterator]();
  /** A line can be typed: the prompt and its beginning are on the screen. */
  let isShown = false;
  const show = (): void => {
    isShown = true;
    editor.prompt(true);
  };
  output.setGuard((write) => {
    if (!isShown) {
      write();
      return;
    }
    hide(editor, screen);
    write();
    // The editor goes up by as many rows as it drew before; now there is nothing to go up to.
    (editor as unknown as { prevRows: number }).prevRows = 0;
    show();
  });
  editor.on('line', () => (isShown = false));
  // A terminal whose line is edited sends no signal for Ctrl-C.
  editor.on('SIGINT', () => io.stop('interrupted'));
  const close = (): void => editor.close();
  editor.on('close', () => {
    output.setGuard(undefined);
    if (isShown) hide(editor, screen);
    isShown = false;
  });

  async function* lines(): AsyncGenerator<string> {
    show();
    for await (const line of onlyOnce(typed)) {
      yield line;
      show();
    }
  }
  return { lines: lines(), close };
}

/** Takes prompt and half-typed line from the screen. */
function hide(editor: Interface, screen: OutputStream): void {
  moveCursor(screen, 0, -editor.getCursorPos().rows);
  cursorTo(screen, 0);
  clearScreenDown(screen);
}

function onlyOnce<Value>(iterator: AsyncIterator<Value>): AsyncIterable<Value> {
  return { [Symbol.asyncIterator]: () => iterator };
}
