/** Those who stay in the room whatever happens, talk, and send sound. */
import { steadyClock } from '../../src/base/clock.ts';
import { type Conference, JitsiError, join, type RemoteTrack, textOf } from '../../src/index.ts';
import { builtInClip } from '../../src/media/clips/load-clip.ts';
import { sendClip } from '../../src/media/clips/send-clip.ts';
import { waitFor } from '../../test/support/wait.ts';

const tone = await builtInClip('tone');

export interface Place {
  url: string;
  room: string;
}

/** ms for coming back from anything that happens here, far more than it takes */
const patience = 180_000;

export class Resident {
  readonly conference: Conference;
  /** Chat lines of which nobody knows whether they arrived. */
  unconfirmed = 0;
  /** What it has heard, of the last round. */
  readonly #said = new Set<string>();
  readonly #received = new Set<string>();
  readonly #stopClip: () => void;

  static async enter({ url, room }: Place, nick: string): Promise<Resident> {
    return new Resident(await join({ host: url, room, nick, reconnect: { maxTime: patience } }));
  }

  private constructor(conference: Conference) {
    this.conference = conference;
    conference.on('messageReceived', ({ message }) => this.#said.add(message.text));
    conference.bridge.on('plainReceived', ({ message }) => {
      const text = textOf(message);
      if (text !== undefined) this.#received.add(text);
    });
    const track = conference.addTrack({ kind: 'audio' });
    track.unmute();
    const clip = sendClip(track, tone, steadyClock);
    this.#stopClip = () => clip.stop();
  }

  /** In the room, with a bridge, and everything that the other says arrives. @param round a word that was not said before */
  async hears(other: Resident, round: string): Promise<void> {
    this.#said.clear();
    this.#received.clear();
    const { conference } = this;
    const explain = (): string =>
      `${conference.nick}: ${conference.state}, bridge ${conference.bridge.state}, session ${conference.session?.sid ?? 'none'}, tracks ${conference.tracks.size}`;
    const until = (what: string, probe: () => boolean): Promise<true> =>
      waitFor(() => probe() || undefined, { what: `${what} (${round})`, timeout: patience, explain });
    await until(
      'way back into the room',
      () => conference.state === 'joined' && other.conference.state === 'joined',
    );
    await until(
      'bridge',
      () => conference.bridge.state === 'open' && other.conference.bridge.state === 'open',
    );
    const line = await other.#say(round);
    await until('chat line', () => this.#said.has(line));
    // What is sent while the other's channel comes up is lost, as on any bridge.
    await until('bridge message', () => {
      if (other.conference.bridge.canSend) other.conference.bridge.sendText('', round);
      return this.#received.has(round);
    });
    const packets = (): number => this.#trackOf(other)?.statistics.packets ?? 0;
    const before = packets();
    await until('sound', () => packets() > before);
  }

  /** @returns what was said: a line that was on its way when the connection broke is said again in other words */
  async #say(round: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const line = `${round}, attempt ${attempt}`;
      try {
        await this.conference.chat.send(line);
        return line;
      } catch (error) {
        if (!(error instanceof JitsiError) || error.code !== 'message-not-confirmed') throw error;
        this.unconfirmed++;
      }
    }
  }

  #trackOf(other: Resident): RemoteTrack | undefined {
    return this.conference.tracksOf(other.conference.endpointId)[0];
  }

  async leave(): Promise<void> {
    this.#stopClip();
    await this.conference.leave();
  }
}

/** Comes, hears somebody over the bridge, says something, and leaves. */
export async function visit({ url, room }: Place, resident: Resident, word: string): Promise<void> {
  const conference = await join({ host: url, room, nick: word });
  try {
    await conference.bridge.opened({ timeout: patience });
    const heard = new Promise<void>((resolve) => {
      conference.bridge.on('plainReceived', ({ message }) => {
        if (textOf(message) === word) resolve();
      });
    });
    const timer = setInterval(() => {
      const { bridge } = resident.conference;
      if (bridge.canSend) bridge.sendText('', word);
    }, 20);
    try {
      await Promise.all([heard, conference.chat.send(word)]);
    } finally {
      clearInterval(timer);
    }
  } finally {
    await conference.leave();
  }
}
