/** A deployment and two participants, each in a process of its own. */
import type { Deployment } from './deployment.ts';
import type { Ledger } from './ledger.ts';
import { Participant } from './participant.ts';
import { sleep } from './sleep.ts';

/** Where everybody is. */
export const room = 'chaos';

export class Scene {
  readonly deployment: Deployment;
  readonly alice: Participant;
  readonly bob: Participant;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    this.alice = new Participant('Alice', 'Bob', deployment.join);
    this.bob = new Participant('Bob', 'Alice', deployment.join);
  }

  get both(): readonly [Participant, Participant] {
    return [this.alice, this.bob];
  }

  looks(): Promise<[Ledger, Ledger]> {
    return Promise.all([this.alice.look(), this.bob.look()]);
  }

  /** Resolves when both see each other, and have sessions. */
  async begin(): Promise<void> {
    for (;;) {
      const ledgers = await this.looks();
      if (ledgers.every(({ others, tracks }) => Object.keys(others).length === 1 && tracks.length === 2))
        return;
      await sleep(100);
    }
  }

  /** Everybody leaves. What is wrong with how it all ended. */
  async end(): Promise<string[]> {
    const problems = await Promise.all(this.both.map((participant) => participant.leave()));
    return [...problems.flat(), ...(await this.deployment.end())];
  }

  /** Away with all of it. */
  async kill(): Promise<void> {
    await Promise.all(this.both.map(({ remote }) => remote.kill()));
    await this.deployment.kill();
  }
}
