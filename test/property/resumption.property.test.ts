/** Sockets that break anywhere, with whatever was on the way: everything arrives once and in order, in both directions (XEP-0198, 5). */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, text, xml } from '../../src/xml/element.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { iqGet, message } from '../../src/xmpp/stanza.ts';
import { type StreamEffect, XmppStream } from '../../src/xmpp/stream.ts';
import type { Undelivered } from '../../src/xmpp/stream-management.ts';
import { type ModelSocket, ModelXmppServer } from '../support/model-xmpp-server.ts';

const seed = 20261129;

/** A TCP connection: frames of both directions on the way, each side unaware of the other's end. */
interface Way {
  socket: ModelSocket;
  toServer: string[];
  toClient: string[];
}

class World {
  readonly server = new ModelXmppServer();
  readonly said: string[] = [];
  readonly told: string[] = [];
  readonly heard: string[] = [];
  readonly asked: string[] = [];
  readonly answers: string[] = [];
  readonly acknowledged: string[] = [];
  readonly undelivered: Undelivered[] = [];
  readonly stream: XmppStream = new XmppStream({
    domain: 'meet.test',
    credentials: { mechanism: 'ANONYMOUS' },
    streamManagement: true,
    ping: { interval: 10_000, timeout: 5_000, threshold: 2 },
    pingTo: 'meet.test',
    setupTimeout: 20_000,
    idPrefix: 'p',
  });
  #now = 1_790_000_000_000;
  #way: Way | undefined;

  constructor() {
    this.#connect();
    this.#run(this.stream.open(this.#now));
    this.drain();
  }

  say(): void {
    const body = `c${this.said.length}`;
    this.said.push(body);
    const stanza = message({ id: body, to: 'a@b' }, xml('jabber:client', 'body', {}, body));
    this.#run(this.stream.send(stanza));
  }

  ask(): void {
    const id = `q${this.asked.length}`;
    this.asked.push(id);
    const iq = iqGet('meet.test', id, xml('urn:x', 'q'));
    this.#run(this.stream.request(iq, 'asking', 1e9, this.#now));
  }

  tell(): void {
    const body = `s${this.told.length}`;
    this.told.push(body);
    this.server.say(body, this.server.streams[0]);
  }

  toServer(count: number): void {
    const way = this.#way;
    for (const frame of way?.toServer.splice(0, count) ?? []) way?.socket.receive(frame);
  }

  toClient(count: number): void {
    const frames = this.#way?.toClient.splice(0, count) ?? [];
    for (const frame of frames) this.#run(this.stream.receive(frame, this.#now));
  }

  /** What is on the way is lost. Each side hears of it, or goes on writing to nowhere. */
  cut(serverHears: boolean, clientHears: boolean): void {
    const way = this.#way;
    this.#way = undefined;
    if (serverHears) way?.socket.lost();
    if (clientHears) this.#run(this.stream.socketClosed('cut', this.#now));
    else this.pass(20_000);
  }

  /** Time passes; answers to pings do not take long. */
  pass(duration: number): void {
    const end = this.#now + duration;
    for (
      let next = this.stream.nextTimeout();
      next !== undefined && next <= end;
      next = this.stream.nextTimeout()
    ) {
      this.#now = Math.max(this.#now, next);
      this.#run(this.stream.tick(this.#now));
    }
    this.#now = end;
  }

  reopen(): void {
    if (this.stream.state.name !== 'interrupted') return;
    this.#connect();
    this.#run(this.stream.reopen(20_000, this.#now));
  }

  drain(): void {
    for (;;) {
      const { toServer = [], toClient = [] } = this.#way ?? {};
      if (toServer.length === 0 && toClient.length === 0) return;
      this.toServer(1);
      this.toClient(1);
    }
  }

  /** Everything comes to its end. */
  settle(): void {
    if (!this.#way) this.cut(true, true);
    this.reopen();
    this.drain();
    // Whatever is still open is asked for.
    for (let count = 0; count < 5; count++) this.ask();
    this.drain();
  }

  #connect(): void {
    const toClient: string[] = [];
    const socket = this.server.connect((frame) => toClient.push(frame));
    this.#way = { socket, toServer: [], toClient };
  }

  #run(effects: readonly StreamEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.#way?.toServer.push(serialize(effect.element));
      else if (effect.type === 'acknowledged') this.acknowledged.push(...effect.ids);
      else if (effect.type === 'not-resumed') this.undelivered.push(effect.undelivered);
      else if (effect.type === 'answer') this.answers.push(`${effect.id} ${effect.outcome.ok}`);
      else if (effect.type === 'stanza') {
        const body = child(effect.stanza, 'body', 'jabber:client');
        if (body) this.heard.push(text(body));
      } else if (effect.type === 'ended') throw effect.error ?? new Error('it ended');
    }
  }
}

const count = fc.integer({ min: 1, max: 12 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant((world: World) => world.say()) },
  { weight: 4, arbitrary: fc.constant((world: World) => world.tell()) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.ask()) },
  { weight: 6, arbitrary: count.map((frames) => (world: World) => world.toServer(frames)) },
  { weight: 6, arbitrary: count.map((frames) => (world: World) => world.toClient(frames)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean()).map(
      ([server, client]) =>
        (world: World) =>
          world.cut(server, client),
    ),
  },
  { weight: 6, arbitrary: fc.constant((world: World) => world.reopen()) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30_000 }).map((time) => (world: World) => world.pass(time)),
  },
);
const steps = fc.array(step, { minLength: 20, maxLength: 200, size: 'max' });

describe('a stream over sockets that break', () => {
  it('loses nothing, doubles nothing, and keeps the order', () => {
    let resumptions = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const world = new World();
        for (const act of list) act(world);
        world.settle();
        const [stream] = world.server.streams;
        expect(stream?.heard).toEqual(world.said);
        expect(world.heard).toEqual(world.told);
        expect(world.answers.toSorted()).toEqual(world.asked.map((id) => `${id} true`).toSorted());
        expect(world.acknowledged).toEqual(world.said);
        expect(world.server.streams).toHaveLength(1);
        resumptions += stream?.resumed ?? 0;
      }),
      { seed, numRuns: 300 },
    );
    // It has tried what it says.
    expect(resumptions).toBeGreaterThan(300);
  });

  it('knows what became of each message, when the server has forgotten it', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (list, tellsHandled) => {
        const world = new World();
        for (const act of list) act(world);
        world.cut(true, true);
        world.say();
        world.server.forget(world.server.streams[0], tellsHandled);
        world.reopen();
        world.drain();
        const heard = world.server.streams[0]?.heard ?? [];
        const [{ unconfirmed, unsent } = { unconfirmed: [], unsent: [] }] = world.undelivered;
        const ids = (stanzas: Undelivered['unsent']): string[] =>
          stanzas.flatMap(({ name, attrs: { id = '' } }) => (name === 'message' ? [id] : []));
        expect([...world.acknowledged, ...ids(unconfirmed), ...ids(unsent)]).toEqual(world.said);
        expect(heard).toEqual(world.said.slice(0, heard.length));
        expect(world.acknowledged.length).toBeLessThanOrEqual(heard.length);
        expect(heard.length).toBeLessThanOrEqual(world.said.length - ids(unsent).length);
        if (tellsHandled) expect(world.acknowledged).toEqual(heard);
        // Nothing of it goes to the new stream, and every request has its end.
        expect(world.server.stream.heard).toEqual([]);
        expect(world.answers).toHaveLength(world.asked.length);
      }),
      { seed, numRuns: 300 },
    );
  });
});
