/** The functions that come with the options of a join: what they throw never disturbs the conference. */
import { callSafely } from '../base/call-safely.ts';
import type { Logger } from '../base/logger.ts';
import { guardedLogger } from '../base/logger-guard.ts';
import type { WireEntry } from './wire.ts';

export class CallbackGuard {
  /** Told of each function's first error: more of the same would be a flood. Set by the conference. */
  failed: (what: string, error: unknown) => void = () => {};
  readonly #told = new Set<string>();

  logger(logger: Logger): Logger {
    return guardedLogger(logger, (error) => this.#tell('the logger', error));
  }

  wire(wire: (entry: WireEntry) => unknown): (entry: WireEntry) => void {
    return (entry) =>
      callSafely(
        () => wire(entry),
        (error) => this.#tell('the wire callback', error),
      );
  }

  #tell(what: string, error: unknown): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.failed(what, error);
  }
}
