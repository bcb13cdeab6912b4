/** People in a room who all speak all the time, and whether they are heard: for tests of what comes between. */
import {
  type Conference,
  join,
  type JoinOptions,
  type LocalTrack,
  type RemoteTrack,
} from '../../src/index.ts';
import { waitFor } from './wait.ts';

export class Talk implements AsyncDisposable {
  readonly people: readonly Conference[];
  readonly tracks: readonly LocalTrack[];
  /** What went wrong and was said, and what sessions there were. */
  readonly story: string[] = [];
  readonly #timer: NodeJS.Timeout;

  static async begin(
    options: Partial<JoinOptions>,
    nicks: readonly string[] = ['Alice', 'Bob'],
  ): Promise<Talk> {
    return new Talk(await Promise.all(nicks.map((nick) => join({ ...options, nick }))));
  }

  private constructor(people: readonly Conference[]) {
    this.people = people;
    this.tracks = people.map((conference) => {
      const { nick } = conference;
      conference.on('warning', ({ error }) => this.story.push(`${nick} ${error.code}: ${error.message}`));
      conference.on('sessionOffered', ({ session }) => this.story.push(`${nick} offered ${session.sid}`));
      conference.on('sessionEnded', ({ session, end }) =>
        this.story.push(`${nick} ended ${session.sid}: ${end.reason} ${end.text ?? ''}`),
      );
      return conference.addTrack({ kind: 'audio' });
    });
    let count = 0;
    this.#timer = setInterval(() => {
      count += 1;
      for (const track of this.tracks)
        track.send({
          data: new Uint8Array(80),
          timestamp: count * 20,
          audioLevel: { level: 20, voice: true },
        });
    }, 20);
  }

  /** Tracks of the others, of all people. */
  get remoteTracks(): readonly RemoteTrack[] {
    return this.people.flatMap(({ tracks }) => [...tracks.values()]);
  }

  /** The longest time that anybody heard nothing of somebody, while a session was away; ms. */
  get longestGap(): number {
    return Math.max(0, ...this.remoteTracks.map(({ statistics }) => statistics.longestGap ?? 0));
  }

  /** Everybody hears something that they have not heard yet. */
  async isHeard(timeout = 60_000): Promise<void> {
    const before = this.#heard();
    await waitFor(() => this.#heard().every((packets, index) => packets > (before[index] ?? 0) + 20), {
      what: 'sound at all ends',
      timeout,
      explain: () => this.story.join('\n'),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.people.map((conference) => conference.leave()));
  }

  #heard(): number[] {
    return this.people.map(({ tracks }) =>
      [...tracks.values()].reduce((sum, { statistics }) => sum + statistics.packets, 0),
    );
  }
}
