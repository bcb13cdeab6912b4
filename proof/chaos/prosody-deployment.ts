/** A {@link Deployment} on a real Prosody. */
import type { JoinOptions } from '../../src/index.ts';
import type { Deployment } from './deployment.ts';
import { endingTime, Remote } from '../lib/remote.ts';

export class ProsodyDeployment implements Deployment {
  readonly join: JoinOptions;
  readonly #remote: Remote;

  static async start(room: string): Promise<ProsodyDeployment> {
    const remote = new Remote('Prosody', new URL('prosody-process.js', import.meta.url));
    return new ProsodyDeployment(remote, { ...(await remote.ask<JoinOptions>({ do: 'join' })), room });
  }

  private constructor(remote: Remote, options: JoinOptions) {
    this.#remote = remote;
    this.join = options;
  }

  async play(fault: string): Promise<never> {
    throw new Error(`a real Prosody cannot be made to play ${fault}`);
  }

  async restartServer(signal: NodeJS.Signals, absence: number): Promise<void> {
    await this.#remote.ask({ do: 'restart', signal, absence });
  }

  occupants(): Promise<string[]> {
    return this.#remote.ask({ do: 'occupants' });
  }

  async end(): Promise<string[]> {
    const exit = await this.#remote.end(endingTime);
    const { stderr } = this.#remote;
    return [
      ...(stderr === '' ? [] : [stderr]),
      ...(exit === 0 ? [] : [`the process with Prosody did not end by itself: ${exit ?? 'it went on'}`]),
    ];
  }

  /** Prosody itself is a child of that process, which takes it along only when it is asked to end. */
  async kill(): Promise<void> {
    await this.end();
  }
}
