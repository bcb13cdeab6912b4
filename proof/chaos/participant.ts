/** A participant, seen from the process that commands it. */
import type { JoinOptions } from '../../src/index.ts';
import type { Ledger } from './ledger.ts';
import type { ParticipantOptions } from './participant-process.ts';
import { endingTime, Remote } from '../lib/remote.ts';

export class Participant {
  readonly name: string;
  readonly remote: Remote;

  constructor(name: string, peer: string, options: JoinOptions) {
    const its: ParticipantOptions = { name, peer, join: options };
    this.name = name;
    this.remote = new Remote(name, new URL('participant-process.js', import.meta.url), its);
  }

  look(): Promise<Ledger> {
    return this.remote.ask({ do: 'look' });
  }

  start(activity: string, every: number): Promise<Ledger> {
    return this.remote.ask({ do: 'start', activity, detail: every });
  }

  stop(): Promise<Ledger> {
    return this.remote.ask({ do: 'stop' });
  }

  say(activity: string, text: string): Promise<Ledger> {
    return this.remote.ask({ do: 'say', activity, detail: text });
  }

  forget(): Promise<Ledger> {
    return this.remote.ask({ do: 'forget' });
  }

  /** What is wrong with how it ended; empty when nothing is. */
  async leave(): Promise<string[]> {
    const leftOver = await this.remote.ask<string[]>({ do: 'leave' });
    const exit = await this.remote.end(endingTime);
    return [
      ...(leftOver.length > 0 ? [`${this.name} left ${leftOver.join(', ')} open`] : []),
      ...(exit === 0 ? [] : [`${this.name} did not end by itself: ${exit ?? 'it went on'}`]),
      ...(this.remote.stderr === '' ? [] : [`${this.name} wrote: ${this.remote.stderr}`]),
    ];
  }
}
