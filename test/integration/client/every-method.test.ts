/**
 * Every public method at every moment of a conference's life: each ends, with a typed error or without one; nothing is rejected that
 * nobody holds, and nothing stays open. In a file, and so a process, of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conference } from '../../../src/client/conference.ts';
import { resolveJoinOptions } from '../../../src/client/join-options.ts';
import { join, type JoinOptions, joinRoom, joinSession, xml } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { type Calls, EveryMethod } from '../../support/every-method.ts';
import { nextEvent } from '../../support/next-event.ts';
import { unhandledDuring } from '../../support/unhandled.ts';
import { waitFor } from '../../support/wait.ts';

const sockets = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => ['TCPSocketWrap', 'UDPWrap', 'TCPServerWrap'].includes(kind));
const before = sockets();

let sandbox: Sandbox;
let rooms = 0;
beforeAll(async () => {
  sandbox = await createSandbox({ resumptionTime: 0 });
});
afterAll(async () => {
  await sandbox.close();
  await waitFor(() => sockets().length <= before.length, {
    what: 'end of all sockets',
    explain: () => `left: ${sockets().join(', ')}; before: ${before.join(', ')}`,
  });
});

const here = (room: string, more: JoinOptions = {}): JoinOptions => ({ host: sandbox.url, room, ...more });
const freshRoom = (): string => `every${++rooms}`;

const nothing = (): void => {};
const ping = xml('jabber:client', 'iq', { type: 'get' }, xml('urn:xmpp:ping', 'ping'));
const emptySources = { sources: [], groups: [] };

/** A peer connection of a caller that has been closed: everything fails. */
const closedPeer = {
  localDescription: null,
  connectionState: 'closed',
  createDataChannel: () => ({
    label: '',
    protocol: '',
    addEventListener: nothing,
    close: nothing,
    send: nothing,
  }),
  setRemoteDescription: () => Promise.reject(new Error('closed')),
  createAnswer: () => Promise.reject(new Error('closed')),
  setLocalDescription: () => Promise.reject(new Error('closed')),
  addIceCandidate: () => Promise.reject(new Error('closed')),
  addEventListener: nothing,
  removeEventListener: nothing,
};

const listening: Calls = {
  on: [['warning', nothing], ['bogus', nothing], []],
  once: [
    ['warning', nothing],
    ['bogus', nothing],
  ],
  off: [
    ['warning', nothing],
    ['bogus', nothing],
  ],
};

function callsOnConference(other: string): Calls {
  return {
    ...listening,
    nextSession: [[], [{ timeout: 10 }], [{ signal: AbortSignal.abort(timeIsUp()) }]],
    tracksOf: [[other]],
    audioOf: [[other]],
    videoOf: [[other], [other, 'desktop'], [other, 'hologram']],
    addTrack: [[{ kind: 'audio' }], [{ kind: 'video', codec: 'vp9' }], [{ kind: 'smell' }]],
    requestVideo: [[180], [{ lastN: 1 }], [-7]],
    requestAudio: [[{ all: false }], [{ bogus: 1 }]],
    raiseHand: [[]],
    lowerHand: [[]],
    rejoin: [],
    setNick: [['somebody'], ['']],
    setProperty: [
      ['key', 'value'],
      ['no name', 'value'],
    ],
    start: [],
    leave: [],
  };
}

const callsOnChat = (other: string): Calls => ({
  send: [['hello'], [''], ['psst', { to: other }], ['psst', { to: 'nobody' }], ['psst', { to: undefined }]],
  setSubject: [['talk']],
  messages: [[], [{ own: true, history: true }], [{ signal: AbortSignal.abort() }]],
});

const callsOnRpc = (other: string): Calls => ({
  register: [
    ['m', () => 1],
    ['', () => 1],
    ['m', 'no function'],
    ['m', () => 1, { signal: AbortSignal.abort(timeIsUp()) }],
  ],
  call: [
    [other, 'missing', { x: 1 }, { timeout: 500 }],
    [other, 'm', 10n],
    ['', 'm'],
    [other, 'm', 1, { bogus: 1 }],
  ],
  useBridge: [],
});

const callsOnXmpp: Calls = {
  nextId: [[]],
  send: [[xml('jabber:client', 'message', { type: 'headline' })], ['<not/>'], ['<broken']],
  request: [
    [ping],
    [ping, { timeout: Infinity }],
    ['<iq xmlns="jabber:client" type="result"/>'],
    ['<broken'],
  ],
  sendJingle: [[{ action: 'session-info', sid: 'bogus', contents: [], sources: emptySources }]],
  stanzas: [[], [{ signal: AbortSignal.abort() }]],
};

const callsOnBridge = (other: string): Calls => ({
  ...listening,
  opened: [[], [{ timeout: 5 }], [{ timeout: Infinity }]],
  drained: [[]],
  messages: [[], [{ signal: AbortSignal.abort() }]],
  rawMessages: [[]],
  rawFrames: [[], [{ signal: AbortSignal.abort() }]],
  sendReceiverVideoConstraints: [[{ lastN: 2 }], [{ lastN: 'x' }]],
  sendLastN: [[2]],
  sendVideoType: [['none']],
  forgetVideoTypes: [[]],
  sendAudioSubscription: [[{ all: true }]],
  sendMessage: [
    ['', { a: 1 }],
    [other, 'x'],
    ['nobody', 'x'],
    ['', 10n],
  ],
  sendText: [['', 'x']],
  sendRaw: [['', new Uint8Array(10)]],
  trySendRaw: [
    ['', new Uint8Array(10)],
    ['nobody', new Uint8Array(1)],
  ],
  sendRawFrame: [[new Uint8Array(10)]],
  sendEndpointStats: [[{}]],
  sendJson: [[{ colibriClass: 'X' }], ['{}']],
  // Called by the conference, or from within.
  isReachable: [],
  send: [],
  tell: [],
  attach: [],
  detach: [],
  close: [],
});

const callsOnSession: Calls = {
  negotiator: [],
  prepareBridge: [[closedPeer]],
  bridgeRoutes: [['auto'], ['sctp'], ['ws']],
  connect: [[{ timeout: 10 }], [{ made: () => Promise.reject(new Error('mine')) }]],
  openBridge: [[{ timeout: 10 }], [{ bridge: 'ws', timeout: 10 }]],
  requestVideo: [[90, { timeout: 10 }]],
  accept: [[{ action: 'session-accept', sid: 'bogus', contents: [], sources: emptySources }]],
  addSources: [[emptySources]],
  removeSources: [[emptySources]],
  trickle: [[{ rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [] }]],
  restartIce: [[]],
  restart: [[]],
  terminate: [[]],
};

const callsOnNegotiator: Calls = {
  accept: [[], [{}]],
  syncSources: [[], [{ videoType: 'desktop' }]],
  sendSourceAddFromSdp: [['v=0\r\n'], ['nonsense']],
  restartIce: [[]],
  sourcesOf: [['0']],
  setMuted: [['x-a0', true]],
  terminate: [[]],
  close: [[]],
};

const callsOnLocalTrack: Calls = {
  ...listening,
  on: [
    ['muted', nothing],
    ['bogus', nothing],
  ],
  once: [['muted', nothing]],
  off: [['muted', nothing]],
  send: [[{ data: new Uint8Array(3), timestamp: 0 }]],
  ready: [[], [{ signal: AbortSignal.abort() }]],
  sendRtp: [[{ payload: new Uint8Array(3), timestamp: 0, marker: true }]],
  mute: [[]],
  unmute: [[]],
  stop: [[]],
};

const callsOnRemoteTrack: Calls = {
  frames: [[], [{ limit: 1 }], [{ signal: AbortSignal.abort() }]],
  packets: [[], [{ signal: AbortSignal.abort() }]],
  requestKeyFrame: [[]],
  requestHeight: [[180], [0]],
};

function timeIsUp(): DOMException {
  return new DOMException('enough', 'AbortError');
}

interface Scene {
  alice: Conference;
  bob: Conference;
}

/** Two in a room, with a session, and a track of Bob's. */
async function meet(): Promise<Scene> {
  const room = freshRoom();
  const alice = await join(here(room));
  const hasTrack = nextEvent(alice, 'trackAdded');
  const bob = await join(here(room));
  bob.addTrack({ kind: 'audio' });
  await Promise.all([hasTrack, alice.bridge.opened(), bob.bridge.opened()]);
  return { alice, bob };
}

const moments: readonly [string, (scene: Scene) => Promise<unknown>][] = [
  ['during it', async () => {}],
  [
    'while it leaves',
    async ({ alice }) => {
      const leaving = alice.leave();
      return { leaving };
    },
  ],
  ['after it was left', ({ alice }) => alice.leave()],
  [
    'while the connection is lost',
    ({ alice }) => {
      const lost = nextEvent(alice, 'reconnecting');
      sandbox.faults.dropSocket(alice.endpointId);
      return lost;
    },
  ],
  [
    'after the connection was made anew',
    ({ alice }) => {
      const back = nextEvent(alice, 'reconnected');
      sandbox.faults.dropSocket(alice.endpointId);
      return back;
    },
  ],
  [
    'after a kick',
    ({ alice }) => {
      sandbox.faults.kick(alice.room, alice.endpointId);
      return alice.closed;
    },
  ],
];

describe('every method of a conference', () => {
  it.each(moments)('%s', { timeout: 120_000 }, async (_, reach) => {
    const unhandled = await unhandledDuring(async () => {
      const scene = await meet();
      const { alice, bob } = scene;
      const { session } = alice;
      const remote = [...alice.tracks.values()][0];
      const local = alice.addTrack({ kind: 'audio' });
      if (!session || !remote) throw new Error('no session, no track');
      const negotiator = session.negotiator(closedPeer as never);
      await reach(scene);

      const every = new EveryMethod();
      every.call('conference', alice, callsOnConference(bob.endpointId));
      every.call('chat', alice.chat, callsOnChat(bob.endpointId));
      every.call('xmpp', alice.xmpp, callsOnXmpp);
      every.call('rpc', alice.rpc, callsOnRpc(bob.endpointId));
      every.call('bridge', alice.bridge, callsOnBridge(bob.endpointId));
      every.call('remoteTrack', remote, callsOnRemoteTrack);
      every.call('localTrack', local, callsOnLocalTrack);
      every.call('session', session, callsOnSession);
      every.call('negotiator', negotiator, callsOnNegotiator);
      await Promise.all([alice.leave(), alice.leave('again'), alice[Symbol.asyncDispose](), bob.leave()]);
      await every.settle();
      await alice.start(undefined);
    });
    expect(unhandled).toEqual([]);
  });

  it.each(['before it begins', 'while it joins'])('%s', async (moment) => {
    const unhandled = await unhandledDuring(async () => {
      const conference = new Conference(resolveJoinOptions(undefined, here(freshRoom()), 'join'));
      const every = new EveryMethod();
      const starting = moment === 'while it joins' ? conference.start(undefined) : undefined;
      every.call('conference', conference, callsOnConference('nobody'));
      every.call('chat', conference.chat, callsOnChat('nobody'));
      every.call('xmpp', conference.xmpp, callsOnXmpp);
      every.call('rpc', conference.rpc, callsOnRpc('nobody'));
      every.call('bridge', conference.bridge, callsOnBridge('nobody'));
      const leaving = conference.leave();
      if (starting) await expect(starting).rejects.toMatchObject({ code: 'conference-ended' });
      await leaving;
      await every.settle();
      await expect(conference.start(undefined)).rejects.toMatchObject({ code: 'conference-ended' });
    });
    expect(unhandled).toEqual([]);
  });
});

describe('joining', () => {
  const ways = { join, joinRoom, joinSession };

  it.each(Object.keys(ways) as (keyof typeof ways)[])(
    '%s given up, or left, at each step ends without a trace',
    { timeout: 120_000 },
    async (way) => {
      // Each message either way is a step; a session for `joinSession` comes with the second participant.
      const room = freshRoom();
      const other = await joinRoom(here(room));
      const reason = timeIsUp();
      const unhandled = await unhandledDuring(async () => {
        let wasGivenUp = true;
        for (let step = 0; wasGivenUp; step += 1) {
          const control = new AbortController();
          let steps = 0;
          const wire = (): void => {
            if (steps === step) control.abort(reason);
            steps += 1;
          };
          try {
            const conference = await ways[way](here(room, { signal: control.signal, wire }));
            wasGivenUp = control.signal.aborted;
            await conference.leave();
          } catch (error) {
            expect(error).toBe(reason);
          }
        }
      });
      expect(unhandled).toEqual([]);
      await other.leave();
    },
  );

  it('left at each step is refused as ended', { timeout: 120_000 }, async () => {
    const unhandled = await unhandledDuring(async () => {
      let wasLeft = true;
      for (let step = 0; wasLeft; step += 1) {
        let steps = 0;
        let leaving: Promise<void> | undefined;
        const wire = (): void => {
          if (steps === step) leaving = conference.leave();
          steps += 1;
        };
        const options = here(freshRoom(), { wire });
        const conference: Conference = new Conference(resolveJoinOptions(undefined, options, 'join'));
        const joined = await conference.start(undefined).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'conference-ended' });
            return false;
          },
        );
        wasLeft = leaving !== undefined && !joined;
        await leaving;
        await conference.leave();
        expect(await conference.closed).toEqual({ reason: 'left' });
      }
    });
    expect(unhandled).toEqual([]);
  });
});

describe('every method of a sandbox', () => {
  it.each(['while it runs', 'after it was closed'])('%s', { timeout: 120_000 }, async (moment) => {
    const unhandled = await unhandledDuring(async () => {
      const own = await createSandbox();
      const alice = await join({ host: own.url, room: 'faults' });
      const bob = await join({ host: own.url, room: 'faults' });
      await alice.bridge.opened();
      const id = alice.endpointId;
      if (moment !== 'while it runs') await own.close();
      const every = new EveryMethod();
      every.call('sandbox', own, { close: [] });
      every.call('faults', own.faults, callsOnFaults(id, bob.endpointId));
      await Promise.all([alice.leave(), bob.leave()]);
      await Promise.all([own.close(), own[Symbol.asyncDispose]()]);
      await every.settle();
    });
    expect(unhandled).toEqual([]);
  });
});

const callsOnFaults = (alice: string, bob: string): Calls => ({
  delay: [[5], [0], [-1], [Number.NaN]],
  bridgeDelay: [[5], [0]],
  bridgeQueue: [[100], [0]],
  mediaLoss: [[0.5], [0], [7]],
  downlink: [[100_000], [0], [20_000_000]],
  mediaDelay: [[5, 5], [0]],
  mediaRate: [[1_000_000, 'up'], [Infinity], [0], [NaN]],
  refuseBridgeChannel: [[true], [false]],
  dropBridgeChannel: [[alice], [bob, 1001], ['nobody']],
  loseWay: [[alice], ['nobody']],
  expireEndpoint: [[alice], ['nobody']],
  moveBridge: [['faults'], ['faults', bob], ['no-room']],
  strand: [
    ['faults', alice],
    ['faults', 'nobody'],
  ],
  bridgeAvailable: [[false], [true]],
  restartFocus: [[]],
  dropSocket: [[alice], ['nobody']],
  kick: [
    ['faults', bob, 'bye'],
    ['faults', 'nobody'],
    ['no-room', bob],
  ],
  destroyRoom: [['faults'], ['no-room']],
  cut: [['both', bob], ['none', bob], ['both', 'nobody'], ['sideways']],
  slow: [[{ delay: 1 }, bob], [{}], [{ delay: -1 }]],
  loseAnswers: [[alice, 5], ['nobody']],
  changeNetwork: [[bob, 5], ['nobody']],
  restartBridge: [[{ absence: 5 }], [{ absence: 'long' }]],
  restartXmpp: [[], [{ absence: 5 }]],
  restartAll: [[{ absence: 5 }]],
});
