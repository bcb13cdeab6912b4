/** How it goes: a line on a terminal, an object a second with `--json`. */
import { LiveLine } from '../bench/live-line.ts';
import type { CommandContext } from '../visit/enter.ts';
import type { HeardMeter } from './meter.ts';

/** s between two looks */
const [ofPeople, ofPrograms] = [0.2, 1];
/** Characters of the loudest. */
const width = 20;

export class ListenProgress {
  readonly #context: CommandContext;
  readonly #meter: HeardMeter;
  readonly #line: LiveLine | undefined;
  #shownAt = 0;

  constructor(context: CommandContext, meter: HeardMeter) {
    const { io, output } = context;
    this.#context = context;
    this.#meter = meter;
    this.#line =
      io.stderr.isTTY === true && !output.json && !output.quiet ? new LiveLine(io, output) : undefined;
  }

  /** Called at every block. */
  show(): void {
    const { output } = this.#context;
    const { level, seconds } = this.#meter;
    if (seconds - this.#shownAt < (this.#line ? ofPeople : ofPrograms)) return;
    this.#shownAt = seconds;
    if (output.json) output.object({ type: 'progress', seconds: Math.round(seconds), level });
    else this.#line?.show(`${clock(seconds)} ${bar(level)}`);
  }

  end(): void {
    this.#line?.end();
  }
}

/** m:ss */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** @param level -dBov: 70 and more is nothing */
function bar(level: number): string {
  const filled = Math.max(0, Math.min(width, Math.round((width * (70 - level)) / 60)));
  return '▮'.repeat(filled) + '▯'.repeat(width - filled);
}
