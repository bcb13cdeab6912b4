/** A {@link Deployment} in one sandbox. */
import type { JoinOptions } from '../../src/index.ts';
import type { SandboxOptions, SandboxRoom } from '../../src/sandbox/index.ts';
import type { Deployment } from './deployment.ts';
import { deploymentProcess, endingTime, Remote } from '../lib/remote.ts';
import { sleep } from './sleep.ts';

export class SandboxDeployment implements Deployment {
  readonly join: JoinOptions;
  readonly #room: string;
  readonly #options: SandboxOptions;
  readonly #url: string;
  readonly #complaints: string[] = [];
  #remote: Remote;

  static async start(room: string, options: SandboxOptions): Promise<SandboxDeployment> {
    const remote = new Remote('the sandbox', deploymentProcess, options);
    return new SandboxDeployment(room, remote, options, await remote.ask<string>({ do: 'url' }));
  }

  private constructor(room: string, remote: Remote, options: SandboxOptions, url: string) {
    this.#room = room;
    this.#remote = remote;
    this.#options = options;
    this.#url = url;
    this.join = { host: url, room };
  }

  play(fault: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#remote.ask({ do: 'control', fault, args });
  }

  async restartServer(signal: NodeJS.Signals, absence: number): Promise<void> {
    await this.#complain();
    this.#remote.signal(signal);
    await this.#remote.exited;
    await sleep(absence);
    const port = Number(new URL(this.#url).port);
    this.#remote = new Remote('the sandbox', deploymentProcess, { ...this.#options, port });
    await this.#remote.ask({ do: 'url' });
  }

  async occupants(): Promise<string[]> {
    const rooms = await this.#remote.ask<Record<string, SandboxRoom>>({ do: 'control', look: 'rooms' });
    return (rooms[this.#room]?.occupants ?? []).map(({ nick }) => nick).filter((nick) => nick !== 'focus');
  }

  async end(): Promise<string[]> {
    await this.#complain();
    const exit = await this.#remote.end(endingTime);
    return [...this.#complaints, ...(exit === 0 ? [] : [`the sandbox did not end by itself: ${exit}`])];
  }

  kill(): Promise<void> {
    return this.#remote.kill();
  }

  async #complain(): Promise<void> {
    const errors = await this.#remote.ask<string[]>({ do: 'errors' });
    const { stderr } = this.#remote;
    this.#complaints.push(...errors, ...(stderr === '' ? [] : [stderr]));
  }
}
