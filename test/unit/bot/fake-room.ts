/** A conference for bots, without a server. */
import { conferenceEventNames, type ConferenceEvents } from '../../../src/client/conference-events.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import type { Conference, Participant } from '../../../src/index.ts';

export class FakeRoom {
  readonly participants: Map<string, Participant> = new Map<string, Participant>();
  readonly said: { text: string; to?: string }[] = [];
  readonly failures: unknown[] = [];
  readonly #emitter = new Emitter<ConferenceEvents>(conferenceEventNames, (error) =>
    this.failures.push(error),
  );
  state: Conference['state'] = 'joined';
  #end: (info: Awaited<Conference['closed']>) => void = () => {};
  readonly closed: Conference['closed'] = new Promise((resolve) => {
    this.#end = resolve;
  });

  readonly chat = {
    send: (text: string, options: { to?: string } = {}): Promise<void> => {
      this.said.push({ text, ...options });
      return Promise.resolve();
    },
  } as unknown as Conference['chat'];

  readonly on: Conference['on'] = (event, listener) => this.#emitter.on(event, listener);

  get listeners(): number {
    return (['messageReceived', 'participantJoined', 'participantLeft', 'ended'] as const).filter((name) =>
      this.#emitter.has(name),
    ).length;
  }

  comes(id: string, facts: Partial<Participant> = {}): Participant {
    const participant = {
      id,
      displayName: id,
      role: 'participant',
      isHidden: false,
      ...facts,
    } as Participant;
    this.participants.set(id, participant);
    this.#emitter.emit('participantJoined', { participant });
    return participant;
  }

  goes(id: string): void {
    const participant = this.participants.get(id) as Participant;
    this.participants.delete(id);
    this.#emitter.emit('participantLeft', { participant, departure: { reason: 'left' } });
  }

  loses(): void {
    this.state = 'reconnecting';
    this.#emitter.emit('reconnecting', {} as ConferenceEvents['reconnecting']);
  }

  isBack(): void {
    this.state = 'joined';
    this.#emitter.emit('reconnected', {} as ConferenceEvents['reconnected']);
  }

  /** Resolves when what it causes is done. */
  async says(from: string, text: string, facts: object = {}): Promise<string[]> {
    const before = this.said.length;
    const message = { text, from, isOwn: false, isPrivate: false, isHistory: false, at: 0, ...facts };
    this.#emitter.emit('messageReceived', { message });
    await new Promise((resolve) => setImmediate(resolve));
    return this.said
      .slice(before)
      .map(({ text: answer, to }) => (to === undefined ? answer : `(${to}) ${answer}`));
  }

  ends(): void {
    this.state = 'ended';
    const info = { reason: 'left' } as Awaited<Conference['closed']>;
    this.#end(info);
    this.#emitter.emit('ended', { info });
  }
}
