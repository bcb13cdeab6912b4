/** `jcli sandbox` as a process of its own, with robots who say what they say. */
import { Program } from '../../test/support/process.ts';

/** Of a robot: its clip's first picture, ms since the epoch. */
export interface Shown {
  endpointId: string;
  start: number;
}

/** Of a robot, from its beginning; times are ms since the epoch. */
export interface Speech {
  endpointId: string;
  start: number;
  packets: number;
}

export class Deployment implements AsyncDisposable {
  readonly url: string;
  readonly #program: Program;
  #commands = 0;

  private constructor(program: Program, url: string) {
    this.#program = program;
    this.url = url;
  }

  /** @param jcli the program's file */
  static async start(jcli: string, robots = 0): Promise<Deployment> {
    const args = robots > 0 ? ['--robots', String(robots), '--talk', 'overlap'] : [];
    const program = new Program(process.execPath, [jcli, 'sandbox', '--json', '--control', ...args]);
    try {
      const { url } = await program.waitForObject({ type: 'ready' });
      return new Deployment(program, String(url));
    } catch (error) {
      await program.stop('SIGKILL');
      throw error;
    }
  }

  /** Resolves when a robot was heard by the bridge from its first word to its last. */
  async isHeard(): Promise<void> {
    await this.#program.waitFor(() => this.#spoken().find(({ packets }) => packets > 250), 'a whole speech');
  }

  async fault(name: string, ...args: unknown[]): Promise<void> {
    const id = (this.#commands += 1);
    this.#program.writeLine(JSON.stringify({ id, fault: name, args }));
    const { error } = await this.#program.waitForObject({ type: 'answer', id });
    if (error !== undefined) throw new Error(`${name}: ${JSON.stringify(error)}`);
  }

  /** All speeches that had begun by then, those that are not over when this is asked too: their packets are told when they are. */
  async speeches(until: number): Promise<Speech[]> {
    const begun = this.#objects('speaking').filter(({ start }) => start < until);
    await this.#program.waitFor(() => {
      const spoken = new Set(this.#spoken().map(({ start }) => start));
      return begun.every(({ start }) => spoken.has(start)) || undefined;
    }, 'the end of all speeches');
    return this.#spoken().filter(({ start }) => start < until);
  }

  /** Each time that a robot's pictures began anew. */
  get shown(): Shown[] {
    return this.#objects('showing');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }

  #spoken(): Speech[] {
    return this.#objects('spoken');
  }

  #objects(wanted: string): Speech[] {
    return this.#program.objects.filter(({ type }) => type === wanted) as unknown as Speech[];
  }
}
