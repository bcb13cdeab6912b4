import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { BridgeChannel } from '../../../src/rtc/bridge-channel.ts';
import { type FakeLink, FakeRoute } from '../../support/fake-route.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { seededRandom } from '../../support/random.ts';

/** The longest that can be drawn. */
const longest = (size: number): Uint8Array => new Uint8Array(size).fill(0xff);

interface Rig {
  clock: ManualClock;
  channel: BridgeChannel;
  /** What the channel told, in words. */
  told: string[];
  room: { isAlone: boolean };
}

function start(routes: FakeRoute[], random: (size: number) => Uint8Array = longest): Rig {
  const clock = new ManualClock();
  const told: string[] = [];
  const room = { isAlone: false };
  const channel = new BridgeChannel(
    routes,
    { clock, random, logger: silentLogger, isAlone: () => room.isAlone },
    {
      opened: (_, kind, instead) =>
        told.push(`opened ${kind}${instead === undefined ? '' : ` instead: ${instead}`}`),
      message: (data) => told.push(`message ${data.toString()}`),
      drained: () => told.push('drained'),
      down: (reason) => told.push(`down ${reason}`),
      warning: (error) => told.push(`warning ${error.code}`),
      ended: ({ reason }) => told.push(`ended ${reason}`),
    },
  );
  channel.start();
  return { clock, channel, told, room };
}

/** A rig whose only route is open and has been for so long that it counts. */
function settled(kind: 'ws' | 'sctp' = 'ws'): Rig & { route: FakeRoute } {
  const route = new FakeRoute(kind);
  const rig = start([route]);
  route.link.open();
  rig.clock.advance(10_000);
  rig.told.length = 0;
  return { ...rig, route };
}

describe('opening', () => {
  it('takes the first route that opens', () => {
    const [first, second] = [new FakeRoute(), new FakeRoute()];
    const { told, channel } = start([first, second]);
    expect(channel.state).toBe('opening');
    first.link.open();
    expect(channel.state).toBe('open');
    expect(told).toEqual(['opened ws']);
    expect(second.links).toEqual([]);
  });

  it('goes on to the next when one fails, is refused, throws, or does not answer', () => {
    const routes = [
      new FakeRoute(),
      new FakeRoute(),
      new FakeRoute(),
      new FakeRoute(),
      new FakeRoute('sctp'),
    ];
    const [failing, refused, throwing, silent, good] = routes as [
      FakeRoute,
      FakeRoute,
      FakeRoute,
      FakeRoute,
      FakeRoute,
    ];
    throwing.whenTried = () => {
      throw new Error('no such channel');
    };
    const { clock, told } = start(routes);
    failing.link.end({ wasOpen: false });
    refused.link.refuse(403);
    expect(silent.link.isClosed).toBe(false);
    clock.advance(10_000);
    expect(silent.link.isClosed).toBe(true);
    good.link.open();
    expect(told).toEqual(['opened sctp instead: not open after 10.0 s']);
    expect(clock.pending).toBe(0);
  });

  it('gives a data channel the time that ICE and DTLS need', () => {
    const route = new FakeRoute('sctp');
    const { clock, told } = start([route]);
    clock.advance(29_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['ended lost']);
    expect(route.link.isClosed).toBe(true);
  });

  it('takes routes that answer before they return', () => {
    const route = new FakeRoute();
    route.whenTried = (link) => link.open();
    expect(start([route]).told).toEqual(['opened ws']);
    const closed = new FakeRoute('sctp');
    closed.whenTried = (link) => link.end({ wasOpen: false });
    expect(start([closed, route]).told).toEqual(['opened ws instead: the socket broke']);
  });

  it('is over at once without a route', () => {
    expect(start([]).told).toEqual(['ended lost']);
  });
});

describe('an open channel', () => {
  it('passes on messages and notices', () => {
    const { route, told } = settled();
    route.link.receive('{}');
    route.link.drain();
    expect(told).toEqual(['message {}', 'drained']);
  });

  it('is closed by us without a word', () => {
    const { route, told, channel, clock } = settled();
    channel.close();
    expect(route.link.isClosed).toBe(true);
    expect(channel.state).toBe('ended');
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('reconnecting', () => {
  it('waits 1 s, then twice as long each time, at most 60 s, for ever', () => {
    const { route, clock, told } = settled();
    route.link.end();
    const waits: number[] = [];
    for (let round = 0; round < 9; round++) {
      const before = clock.now();
      const tries = route.links.length;
      while (route.links.length === tries) clock.advance(250);
      waits.push(clock.now() - before);
      route.link.end({ wasOpen: false });
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(told).toEqual(['down the socket broke']);
  });

  it('draws each wait from the upper half of it', () => {
    const waits: number[] = [];
    const random = seededRandom(7);
    for (let sample = 0; sample < 100; sample++) {
      const route = new FakeRoute();
      const { clock } = start([route], random);
      route.link.end({ wasOpen: false });
      while (route.links.length === 1) clock.advance(1);
      waits.push(clock.now());
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(400);
  });

  it('begins with the first route again', () => {
    const [first, second] = [new FakeRoute(), new FakeRoute()];
    const { clock, told } = start([first, second]);
    first.link.end({ wasOpen: false });
    second.link.open();
    second.link.end();
    clock.advance(1_000);
    expect(first.links).toHaveLength(2);
    first.link.open();
    expect(told).toEqual(['opened ws', 'down the socket broke', 'opened ws']);
  });

  it('begins with 1 s after a connection that lasted', () => {
    const { route, clock } = settled();
    route.link.end();
    clock.advance(1_000);
    route.link.end({ wasOpen: false });
    clock.advance(2_000);
    route.link.open();
    clock.advance(10_000);
    route.link.end();
    clock.advance(1_000);
    expect(route.links).toHaveLength(4);
  });

  it('does not hammer a server that accepts and closes', () => {
    const { route, clock } = settled();
    route.whenTried = (link) => void clock.schedule(100, () => (link.open(), link.end({ code: 1009 })));
    route.link.end();
    clock.advance(3_600_000);
    // Six tries on the way to a minute, then one each minute.
    expect(route.links.length).toBeLessThan(70);
  });

  it('can be closed between two tries', () => {
    const { route, channel, clock, told } = settled();
    route.link.end();
    expect(channel.state).toBe('waiting');
    channel.close();
    clock.advance(3_600_000);
    expect(route.links).toHaveLength(1);
    expect(told).toEqual(['down the socket broke']);
  });

  it('can be closed during a try', () => {
    const route = new FakeRoute();
    const { channel, clock, told } = start([route]);
    channel.close();
    expect(route.link.isClosed).toBe(true);
    clock.advance(3_600_000);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('what a close says', () => {
  it('1000 replaced: another connection of ours has the channel, so it is left to it', () => {
    const { route, told, clock } = settled();
    route.link.end({ code: 1000, reason: 'replaced' });
    expect(told).toEqual(['down replaced', 'ended replaced']);
    expect(clock.pending).toBe(0);
  });

  it('1000 with other words: it is tried again', () => {
    const { route, told, clock } = settled();
    route.link.end({ code: 1000, reason: 'going away' });
    clock.advance(1_000);
    expect(route.links).toHaveLength(2);
    expect(told).toEqual(['down going away']);
  });

  it('1001 while we are alone: the focus has ended the session', () => {
    const { route, told, room, clock } = settled();
    room.isAlone = true;
    route.link.end({ code: 1001, reason: 'endpoint closed' });
    expect(told).toEqual(['down endpoint closed', 'ended alone']);
    expect(clock.pending).toBe(0);
  });

  it('1001 while others are there: tried again, and given up when the bridge does not know us', () => {
    const { route, told, clock } = settled();
    route.link.end({ code: 1001, reason: 'endpoint closed' });
    clock.advance(1_000);
    route.link.refuse(403);
    expect(told).toEqual(['down endpoint closed']);
    clock.advance(2_000);
    route.link.refuse(403);
    expect(told).toEqual(['down endpoint closed', 'ended refused']);
    expect(clock.pending).toBe(0);
  });

  it('1009: the message is lost, and the channel comes back after 1 s', () => {
    const { route, told, clock } = settled();
    route.link.end({ code: 1009, reason: 'Text message too large: 65,537 > 65,536' });
    expect(told).toEqual(['down Text message too large: 65,537 > 65,536', 'warning bridge-message-lost']);
    clock.advance(1_000);
    route.link.open();
    expect(told.at(-1)).toBe('opened ws');
  });

  it('of a data channel: there is no second one', () => {
    const { route, told, clock } = settled('sctp');
    route.link.end({ reason: 'the association was aborted' });
    expect(told).toEqual(['down the association was aborted', 'ended lost']);
    expect(clock.pending).toBe(0);
  });

  it('of a data channel beside a WebSocket: only the socket is tried again', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { told, clock } = start([socket, channel]);
    socket.link.refuse(502);
    channel.link.open();
    channel.link.end();
    clock.advance(1_000);
    socket.link.refuse(502);
    clock.advance(2_000);
    socket.link.open();
    expect(channel.links).toHaveLength(1);
    expect(told).toEqual(['opened sctp instead: HTTP status 502', 'down the socket broke', 'opened ws']);
  });
});

describe('refusals', () => {
  it('have to come from every WebSocket, in two rounds running', () => {
    const [first, second] = [new FakeRoute(), new FakeRoute()];
    const { told, clock } = start([first, second]);
    first.link.refuse(403);
    second.link.refuse(404);
    clock.advance(1_000);
    first.link.refuse(404);
    second.link.refuse(502);
    clock.advance(2_000);
    first.link.refuse(403);
    second.link.refuse(403);
    expect(told).toEqual([]);
    clock.advance(4_000);
    first.link.refuse(403);
    second.link.refuse(403);
    expect(told).toEqual(['ended refused']);
  });

  it('with other statuses are a server in trouble, which is asked for ever', () => {
    const route = new FakeRoute();
    route.whenTried = (link) => link.refuse(503);
    const { told, clock } = start([route]);
    clock.advance(3_600_000);
    expect(route.links.length).toBeGreaterThan(60);
    expect(told).toEqual([]);
  });

  it('are forgotten when the channel opens', () => {
    const route = new FakeRoute();
    const { told, clock } = start([route]);
    route.link.refuse(404);
    clock.advance(1_000);
    route.link.open();
    route.link.end();
    clock.advance(2_000);
    route.link.refuse(404);
    expect(told).toEqual(['opened ws', 'down the socket broke']);
  });
});

describe('a WebSocket and a data channel', () => {
  it.each([
    ['answers 200 with a page', (link: FakeLink) => link.refuse(200), 'HTTP status 200'],
    ['answers 404', (link: FakeLink) => link.refuse(404), 'HTTP status 404'],
    ['answers 502', (link: FakeLink) => link.refuse(502), 'HTTP status 502'],
    ['answers 504', (link: FakeLink) => link.refuse(504), 'HTTP status 504'],
    ['has a certificate of others', (link: FakeLink) => link.end({ wasOpen: false, reason: 'TLS' }), 'TLS'],
  ])('use the data channel at once when the socket %s', (_, fail, instead) => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { told, clock } = start([socket, channel]);
    fail(socket.link);
    channel.link.open();
    expect(told).toEqual([`opened sctp instead: ${instead}`]);
    expect(clock.pending).toBe(0);
  });

  it('try the second beside the first after 3 s, and take whichever opens first', () => {
    for (const winner of ['ws', 'sctp'] as const) {
      const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
      const { told, clock } = start([socket, channel]);
      clock.advance(2_999);
      expect(channel.links).toEqual([]);
      clock.advance(1);
      expect(socket.link.isClosed).toBe(false);
      const [won, lost] = winner === 'ws' ? [socket, channel] : [channel, socket];
      won.link.open();
      expect(lost.link.isClosed).toBe(true);
      expect(told).toEqual([winner === 'ws' ? 'opened ws' : 'opened sctp instead: not open after 3.0 s']);
      expect(clock.pending).toBe(0);
    }
  });

  it('give a slow socket its whole time where the data channel fails', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { told, clock } = start([socket, channel]);
    clock.advance(3_000);
    channel.link.end({ wasOpen: false });
    clock.advance(6_000);
    socket.link.open();
    expect(told).toEqual(['opened ws']);
  });

  it('say so of a data channel that comes first, too', () => {
    const [channel, socket] = [new FakeRoute('sctp'), new FakeRoute('ws')];
    const { told, clock } = start([channel, socket]);
    clock.advance(3_000);
    socket.link.open();
    expect(told).toEqual(['opened ws instead: not open after 3.0 s']);
    expect(channel.link.isClosed).toBe(true);
  });

  it('stay with the data channel that works', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { clock } = start([socket, channel]);
    socket.link.refuse(502);
    channel.link.open();
    clock.advance(3_600_000);
    expect(socket.links).toHaveLength(1);
    expect(channel.link.isClosed).toBe(false);
  });

  it('give a socket that worked a round of its own, and then either', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { told, clock } = start([socket, channel]);
    socket.link.open();
    socket.link.end();
    clock.advance(1_000);
    socket.link.refuse(502);
    expect(channel.links).toEqual([]);
    clock.advance(2_000);
    socket.link.refuse(502);
    channel.link.open();
    expect(told).toEqual(['opened ws', 'down the socket broke', 'opened sctp instead: HTTP status 502']);
  });

  it('believe a socket that worked and refuses us, and leave the data channel', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { told, clock } = start([socket, channel]);
    socket.link.open();
    socket.link.end({ code: 1001, reason: 'endpoint closed' });
    for (const wait of [1_000, 2_000]) {
      clock.advance(wait);
      socket.link.refuse(403);
    }
    expect(channel.links).toEqual([]);
    expect(told).toEqual(['opened ws', 'down endpoint closed', 'ended refused']);
  });
});

describe('a socket that opens and leads nowhere', () => {
  it('leaves the data channel beside it to be used, when it has closed at once twice', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { clock, told } = start([socket, channel]);
    for (let time = 1; time <= 2; time += 1) {
      socket.link.open();
      socket.link.end({ code: 1011, reason: 'bad gateway' });
      expect(channel.links).toEqual([]);
      clock.advance(2_000);
    }
    expect(socket.links).toHaveLength(2);
    channel.link.open();
    clock.advance(60_000);
    expect(told.at(-1)).toBe('opened sctp instead: bad gateway');
    // Its end is not the session's: the socket is tried again.
    channel.link.end();
    clock.advance(60_000);
    expect(socket.links.length).toBeGreaterThan(2);
    expect(told.some((words) => words.startsWith('ended'))).toBe(false);
  });

  it('leaves the next URL to be used', () => {
    const [first, second] = [new FakeRoute('ws', 'first'), new FakeRoute('ws', 'second')];
    const { clock, told } = start([first, second]);
    for (let time = 1; time <= 2; time += 1) {
      first.link.open();
      first.link.end({ code: 1006, reason: '' });
      clock.advance(2_000);
    }
    second.link.open();
    second.link.receive({ colibriClass: 'ServerHello' });
    clock.advance(60_000);
    expect([first.links.length, second.links.length, told.at(-2)]).toEqual([2, 1, 'opened ws']);
  });

  it('is left for the data channel when nothing comes from it', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { clock, told } = start([socket, channel]);
    socket.link.open();
    clock.advance(6_000);
    expect(socket.link.isClosed).toBe(true);
    channel.link.open();
    clock.advance(60_000);
    expect(told).toEqual([
      'opened ws',
      'down it opened, and nothing came in 5 s',
      'opened sctp instead: it opened, and nothing came in 5 s',
    ]);
  });

  it('is kept where a bridge says hello, or where it is the only way', () => {
    const [socket, channel] = [new FakeRoute('ws'), new FakeRoute('sctp')];
    const { clock } = start([socket, channel]);
    socket.link.open();
    socket.link.receive({ colibriClass: 'ServerHello' });
    clock.advance(60_000);
    expect([socket.link.isClosed, channel.links.length, clock.pending]).toEqual([false, 0, 0]);
    const only = new FakeRoute('ws');
    const alone = start([only]);
    only.link.open();
    alone.clock.advance(60_000);
    expect([only.link.isClosed, alone.clock.pending]).toEqual([false, 0]);
  });
});
