/** A room and its bridge without sockets, for the command line's parts. */
import { Emitter } from '../../../src/base/emitter.ts';
import type { Bridge } from '../../../src/client/bridge/bridge.ts';
import {
  type BridgeEvents,
  bridgeEventNames,
  type MessageStream,
  type RawMessage,
} from '../../../src/client/bridge/events.ts';
import type { Conference } from '../../../src/client/conference.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../src/client/conference-events.ts';
import type { Participant } from '../../../src/conference/room/roster.ts';
import { participant } from './participant.ts';

const rethrow = (error: unknown): never => {
  throw error;
};

export class FakeRoom {
  readonly bridgeEvents: Emitter<BridgeEvents> = new Emitter<BridgeEvents>(bridgeEventNames, rethrow);
  readonly events: Emitter<ConferenceEvents> = new Emitter<ConferenceEvents>(conferenceEventNames, rethrow);
  readonly participants: Map<string, Participant> = new Map();
  /** What was sent, in order: payloads, and bytes. */
  readonly sent: { to: string; payload: unknown }[] = [];
  readonly raw: { to: string; bytes: Buffer }[] = [];
  /** Those who answer pings. */
  readonly answering: Set<string> = new Set();
  transport: 'ws' | 'sctp' = 'ws';
  sizeLimit = 65_536;
  bufferedAmount = 0;
  /** Whether more may be sent at once. */
  more = true;
  /** Calls of `drained` that wait. */
  drains: (() => void)[] = [];

  /** As much of a bridge as the parts use. */
  get bridge(): Bridge {
    const bridge: Partial<Bridge> = {
      transport: this.transport,
      sizeLimit: this.sizeLimit,
      bufferedAmount: this.bufferedAmount,
      on: (event, listener) => this.bridgeEvents.on(event, listener),
      sendMessage: (to, payload) => this.#message(to, payload),
      sendRaw: (to, bytes) => {
        this.raw.push({ to, bytes: Buffer.from(bytes) });
        return this.more;
      },
      drained: ({ signal }: { signal?: AbortSignal }) =>
        new Promise((resolve, reject) => {
          this.drains.push(resolve);
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    return bridge as Bridge;
  }

  get conference(): Conference {
    const conference: Partial<Conference> = {
      participants: this.participants,
      bridge: this.bridge,
      on: (event, listener) => this.events.on(event, listener),
    };
    return conference as Conference;
  }

  enter(id: string, more: Partial<Participant> = {}): void {
    const state = participant(id, more);
    this.participants.set(id, state);
    this.events.emit('participantJoined', { participant: state });
  }

  leave(id: string): void {
    const state = this.participants.get(id);
    if (!state) throw new Error(`${id} is not here`);
    this.participants.delete(id);
    this.events.emit('participantLeft', { participant: state, departure: { reason: 'left' } });
  }

  #message(to: string, payload: unknown): boolean {
    this.sent.push({ to, payload });
    const { type, id } = payload as { type?: unknown; id?: unknown };
    if (type === 'e2e-ping-request' && this.answering.has(to)) {
      const msgPayload = { type: 'e2e-ping-response', id };
      queueMicrotask(() =>
        this.bridgeEvents.emit('plainReceived', {
          message: { colibriClass: 'EndpointMessage', to: 'us', from: to, msgPayload },
        }),
      );
    }
    return true;
  }
}

/** A stream of raw messages that a test fills. */
export function rawStream(): {
  messages: MessageStream<RawMessage> & { dropped: number };
  push(from: string, text: string): void;
  end(): void;
} {
  const ready: IteratorResult<RawMessage>[] = [];
  const waiting: ((result: IteratorResult<RawMessage>) => void)[] = [];
  const give = (result: IteratorResult<RawMessage>): void => {
    const reader = waiting.shift();
    if (reader) reader(result);
    else ready.push(result);
  };
  return {
    messages: {
      dropped: 0,
      [Symbol.asyncIterator]() {
        return this;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
      next() {
        const result = ready.shift();
        return result ? Promise.resolve(result) : new Promise((resolve) => waiting.push(resolve));
      },
    },
    push: (from, text) => give({ value: { from, to: '', data: Buffer.from(text) }, done: false }),
    end: () => give({ value: undefined, done: true }),
  };
}
