/**
 * Participants for tests: each sends the moving test picture, and they talk in turns, so that the dominant speaker changes. They tell who speaks
 * when, to the packet, and follow moves of the bridge as everybody does.
 */
import { steadyClock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import type { Logger } from '../../base/logger.ts';
import type { Conference } from '../../client/conference.ts';
import { join } from '../../client/join.ts';
import type { Clip } from '../../media/clips/clip.ts';
import { builtInClip } from '../../media/clips/load-clip.ts';
import { sendClip } from '../../media/clips/send-clip.ts';
import { unmuteOnce } from '../../media/clips/unmute-once.ts';
import { type TalkPattern, Turns } from './turns.ts';
import { type Speech, Voice } from './voice.ts';

export interface RobotOptions {
  /** Of the deployment. */
  url: string;
  room: string;
  password?: string;
  count: number;
  /** Default `turns`. */
  talk?: TalkPattern;
  /** Hears who speaks, and what was said when. */
  told?(news: TalkNews): void;
  insecure: boolean;
  /** @param name of the robot that it is of */
  logger(name: string): Logger;
  warn(message: string): void;
  /** No more of them are to join. */
  signal: AbortSignal;
}

/** Who begins to speak, and at the end what they said; and whose picture begins anew. Times are ms since the epoch. */
export type TalkNews = TalkingRobot &
  (({ type: 'speaking' | 'showing' } & Pick<Speech, 'start'>) | ({ type: 'spoken' } & Speech));

interface TalkingRobot {
  /** `robot-1` */
  robot: string;
  endpointId: string;
  /** `ENDPOINT-a0`, of a picture `ENDPOINT-v0` */
  source: string;
}

interface Clips {
  picture: Clip;
  speech: Clip;
}

export class Robots {
  readonly #conferences: Conference[] = [];
  readonly #turns: Turns;
  readonly #told: (news: TalkNews) => void;

  private constructor(turns: Turns, told: (news: TalkNews) => void) {
    this.#turns = turns;
    this.#told = told;
  }

  /** Resolves when all are in the room, silent so far; rejects, with none there, when one cannot be. */
  static async join(options: RobotOptions): Promise<Robots> {
    const [picture, speech] = await Promise.all([builtInClip('picture'), builtInClip('speech')]);
    const clips: Clips = { picture, speech };
    const { told = () => {}, talk: pattern } = options;
    const turns = new Turns({ pattern, duration: speech.duration, clock: steadyClock });
    const robots = new Robots(turns, told);
    try {
      for (let number = 1; number <= options.count; number += 1) {
        options.signal.throwIfAborted();
        robots.#add(await enter(`robot-${number}`, options), clips);
      }
      return robots;
    } catch (error) {
      await robots.leave();
      throw error;
    }
  }

  /** In turns, until they leave. */
  talk(): void {
    this.#turns.next();
  }

  async leave(): Promise<void> {
    this.#turns.stop();
    await Promise.all(this.#conferences.map((conference) => conference.leave()));
  }

  #add(conference: Conference, { picture, speech }: Clips): void {
    const { codec } = picture;
    const [video, audio] = [
      conference.addTrack({ kind: 'video', codec }),
      conference.addTrack({ kind: 'audio' }),
    ];
    for (const track of [video, audio]) unmuteOnce(track);
    // Ids change when somebody comes back after a lost connection.
    const who = ({ sourceName: source } = audio): TalkingRobot => {
      const { endpointId, nick: robot } = conference;
      return { robot, endpointId, source };
    };
    const camera = sendClip(video, picture, steadyClock, (start) =>
      this.#told({ type: 'showing', ...who(video), start }),
    );
    const voice = new Voice(audio, speech, steadyClock, {
      began: (start) => this.#told({ type: 'speaking', ...who(), start }),
      ended: (spoken) => this.#told({ type: 'spoken', ...who(), ...spoken }),
    });
    this.#conferences.push(conference);
    this.#turns.add(voice);
    conference.on('ended', () => {
      camera.stop();
      this.#turns.remove(voice);
    });
  }
}

async function enter(nick: string, options: RobotOptions): Promise<Conference> {
  const { url: host, room, password, insecure } = options;
  const logger = options.logger(nick);
  const conference = await join(
    defined({ host, room, password, insecure, nick, logger, networkThread: false }),
  );
  conference.on('warning', ({ error }) => options.warn(`${nick}: ${error.message}`));
  // They neither look nor listen.
  conference.requestAudio({ all: false });
  return conference;
}
