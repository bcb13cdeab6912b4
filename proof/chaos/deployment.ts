/** What the participants are in, and faults are played on. */
import type { JoinOptions } from '../../src/index.ts';

export interface Deployment {
  /** What participants join with. */
  readonly join: JoinOptions;
  /** A fault of the sandbox. */
  play(fault: string, ...args: readonly unknown[]): Promise<unknown>;
  /** The server's process is ended, and started again at its address after `absence` ms. */
  restartServer(signal: NodeJS.Signals, absence: number): Promise<void>;
  /** Endpoint ids of those in the room, without the focus. */
  occupants(): Promise<string[]>;
  /** What is wrong with how it ended. */
  end(): Promise<string[]>;
  kill(): Promise<void>;
}
