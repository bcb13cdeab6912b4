/** A conference of people who are made up, in virtual time. */
import { Emitter } from '../../../../src/base/emitter.ts';
import { EventStream } from '../../../../src/base/event-stream.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import type { RemoteTrack } from '../../../../src/client/media/remote/remote-track.ts';
import type { RemoteFrame } from '../../../../src/client/media/track-types.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { HeardConference } from '../../../../src/media/hearing/utterances.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeDecoder, FakeSender } from './sounds.ts';

export const zero = 1_000_000;

export class FakePerson {
  readonly sender: FakeSender;
  readonly track: RemoteTrack;
  /** As presence has them. */
  readonly properties: Record<string, string> = {};
  readonly #readers = new Set<EventStream<RemoteFrame>>();

  constructor(id: string, sender: FakeSender, kind: 'audio' | 'video' = 'audio') {
    this.sender = sender;
    const participant = { id, displayName: id, properties: this.properties };
    const frames = ({ limit = 300 }: { limit?: number } = {}): EventStream<RemoteFrame> => {
      const reader = new EventStream<RemoteFrame>({ limit, closed: () => this.#readers.delete(reader) });
      this.#readers.add(reader);
      return reader;
    };
    const name = `${id}-a0`;
    this.track = { kind, endpointId: id, sourceName: name, participant, frames } as unknown as RemoteTrack;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** The next 20 ms. */
  say(value: number, level?: number): void {
    this.#send(this.sender.frame(value, level));
  }

  /** The same, end-to-end encrypted: what it ends with is not. */
  sayEncrypted(value: number, level?: number): void {
    const frame = this.sender.frame(value, level);
    this.#send({ ...frame, data: Uint8Array.of(...frame.data, ...new Uint8Array(30), 12, 0) });
  }

  #send(frame: SoundFrame): void {
    for (const reader of this.#readers)
      reader.push({ ...frame, timestamp: frame.captureTime, codec: 'opus', keyFrame: true });
  }

  gone(): void {
    for (const reader of this.#readers) reader.close();
  }
}

export class FakeConference implements HeardConference {
  readonly clock: ManualClock = new ManualClock(zero);
  readonly decoders: FakeDecoder[] = [];
  readonly tracks: Map<string, RemoteTrack> = new Map();
  readonly emitter: Emitter<ConferenceEvents> = new Emitter<ConferenceEvents>(
    conferenceEventNames,
    (error) => {
      throw error;
    },
  );
  readonly on: HeardConference['on'] = this.emitter.on.bind(this.emitter);
  state: HeardConference['state'] = 'joined';

  createDecoder = ({
    sampleRate,
    channels,
  }: {
    sampleRate: number;
    channels: 1 | 2;
  }): Promise<FakeDecoder> => {
    const decoder = new FakeDecoder(sampleRate, channels);
    this.decoders.push(decoder);
    return Promise.resolve(decoder);
  };

  comes(id: string, kind: 'audio' | 'video' = 'audio'): FakePerson {
    const person = new FakePerson(id, new FakeSender(this.clock.now()), kind);
    this.tracks.set(person.track.sourceName, person.track);
    this.emitter.emit('trackAdded', { track: person.track });
    return person;
  }

  leaves(person: FakePerson): void {
    this.tracks.delete(person.track.sourceName);
    person.gone();
    this.emitter.emit('trackRemoved', { track: person.track });
  }

  end(): void {
    this.state = 'ended';
    this.emitter.emit('ended', { info: { reason: 'left' } });
  }

  /** Time goes on in steps of 20 ms. @param each what is said in each of them */
  async pass(duration: number, each: () => void = () => {}): Promise<void> {
    for (let passed = 0; passed < duration; passed += 20) {
      this.clock.advance(20);
      each();
      await settled();
    }
  }
}

/** Lets what waits for nothing but promises go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
