/** Somebody who talks, packet by packet, and knows what was said when: each packet is unlike all others. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { steadyClock } from '../../src/base/clock.ts';
import type { Conference, LocalTrack } from '../../src/index.ts';
import { join } from '../../src/index.ts';

export interface Said {
  /** MD5 of the packet, as ffprobe shows it. */
  hash: string;
  /** ms since the epoch */
  at: number;
}

export class Talker {
  readonly nick: string;
  readonly conference: Conference;
  readonly said: Said[] = [];
  readonly #track: LocalTrack;
  #count = 0;

  private constructor(nick: string, conference: Conference) {
    this.nick = nick;
    this.conference = conference;
    this.#track = conference.addTrack({ kind: 'audio' });
  }

  static async join(url: string, nick: string): Promise<Talker> {
    return new Talker(nick, await join(url, { nick }));
  }

  /** What is sent reaches the bridge from now on. */
  async ready(): Promise<void> {
    while (!this.#track.isReady) await pause(20);
  }

  /** Sends so many packets of 20 ms. @param from ms since the epoch */
  async talk(packets: number, from: number = steadyClock.now(), signal?: AbortSignal): Promise<void> {
    for (let index = 0; index < packets; index++) {
      if (signal?.aborted) return;
      const at = from + index * 20;
      const wait = at - steadyClock.now();
      if (wait > 0) await pause(wait);
      this.#send(at);
    }
  }

  #send(at: number): void {
    this.#count += 1;
    // CELT, 20 ms, mono (RFC 6716, 3.1); what follows is noise.
    const noise = createHash('sha256').update(`${this.nick} ${this.#count}`).digest();
    const data = Uint8Array.from([0xf8, ...noise, ...noise]);
    this.#track.send({ data, timestamp: at, audioLevel: { level: 20, voice: true } });
    this.said.push({ hash: createHash('md5').update(data).digest('hex'), at });
  }
}
