import { describe, expect, it } from 'vitest';
import { ConnectionError, TimeoutError, UsageError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { Bridge } from '../../../src/client/bridge.ts';
import type { BridgeOptions } from '../../../src/client/bridge-options.ts';
import type { ChannelEnd } from '../../../src/rtc/bridge-channel.ts';
import { FakeRoute } from '../../support/fake-route.ts';
import { ManualClock } from '../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock();
  readonly bridge: Bridge;
  readonly route: FakeRoute;
  /** Events by name, warnings by code. */
  readonly told: string[] = [];
  readonly ends: ChannelEnd[] = [];

  constructor(options: Partial<BridgeOptions> = {}, kind: 'ws' | 'sctp' = 'ws') {
    this.bridge = new Bridge({
      clock: this.clock,
      random: (size) => new Uint8Array(size).fill(0xff),
      logger: silentLogger,
      whenDown: 'refuse',
      queueLimit: 1_000,
      ...options,
    });
    this.route = new FakeRoute(kind);
    this.bridge.on('opened', ({ transport }) => this.told.push(`opened ${transport}`));
    this.bridge.on('down', ({ reason }) => this.told.push(`down ${reason}`));
    this.bridge.on('closed', ({ info }) => this.told.push(`closed ${info.reason}`));
    this.bridge.on('warning', ({ error }) => this.told.push(`warning ${error.code}`));
  }

  attach(route = this.route): this {
    this.bridge.attach([route], { isAlone: () => false, ended: (end) => this.ends.push(end) });
    return this;
  }

  open(): this {
    this.attach().route.link.open();
    return this;
  }

  /** The connection breaks and comes back. */
  reopen(): void {
    this.route.link.end();
    this.clock.advance(60_000);
    this.route.link.open();
  }
}

const endpointMessage = (fields: object): object => ({
  colibriClass: 'EndpointMessage',
  to: '',
  from: 'abcd1234',
  ...fields,
});

describe('the state', () => {
  it('follows the channel', async () => {
    const { bridge, route, clock, told } = new Rig();
    const rig = { bridge, route };
    expect(bridge.state).toBe('down');
    bridge.attach([route], { isAlone: () => false, ended: () => {} });
    expect(bridge.state).toBe('connecting');
    expect(bridge.sizeLimit).toBeUndefined();
    route.link.open();
    expect([bridge.state, bridge.transport, bridge.sizeLimit]).toEqual(['open', 'ws', 65_536]);
    route.link.end();
    expect([bridge.state, bridge.transport, bridge.sizeLimit]).toEqual(['down', undefined, undefined]);
    clock.advance(1_000);
    expect(bridge.state).toBe('connecting');
    rig.bridge.close({ reason: 'left', text: 'goodbye' });
    expect(bridge.state).toBe('closed');
    expect(await bridge.closed).toEqual({ reason: 'left', text: 'goodbye' });
    expect(told).toEqual(['opened ws', 'down the socket broke', 'closed left']);
    expect(clock.pending).toBe(0);
  });

  it('is told to those who wait for an open channel', async () => {
    const rig = new Rig();
    const opened = rig.bridge.opened();
    rig.open();
    await opened;
    await rig.bridge.opened();
  });

  it('is waited for so long, and no longer', async () => {
    const { bridge, clock } = new Rig().attach();
    const opened = bridge.opened({ timeout: 5_000 });
    clock.advance(5_000);
    await expect(opened).rejects.toThrow(TimeoutError);
    await expect(opened).rejects.toMatchObject({ code: 'bridge-not-open', retryable: true });
    const abort = new AbortController();
    const waiting = [bridge.opened({ signal: abort.signal }), bridge.drained({ signal: abort.signal })];
    abort.abort(new Error('enough'));
    for (const promise of waiting) await expect(promise).rejects.toThrow('enough');
    await expect(bridge.opened({ signal: abort.signal })).rejects.toThrow('enough');
  });

  it('is final once it is closed', async () => {
    const { bridge, route, told } = new Rig().attach();
    const waiting = [bridge.opened(), bridge.drained()];
    bridge.close({ reason: 'session-ended' });
    bridge.close({ reason: 'left' });
    for (const promise of [...waiting, bridge.opened(), bridge.drained()])
      await expect(promise).rejects.toMatchObject({ code: 'bridge-closed' });
    expect(() => bridge.sendText('', 'hi')).toThrow(expect.objectContaining({ code: 'bridge-closed' }));
    expect(() => bridge.sendLastN(1)).toThrow(expect.objectContaining({ code: 'bridge-closed' }));
    bridge.attach([route], { isAlone: () => false, ended: () => {} });
    expect(route.links).toHaveLength(1);
    expect(told).toEqual(['closed session-ended']);
  });

  it('goes from session to session', () => {
    const rig = new Rig().open();
    const next = new FakeRoute('sctp');
    rig.bridge.detach();
    expect(rig.route.link.isClosed).toBe(true);
    expect(rig.bridge.state).toBe('down');
    rig.attach(next);
    next.link.open();
    rig.attach(rig.route);
    expect(next.link.isClosed).toBe(true);
    expect(rig.told).toEqual([
      'opened ws',
      'down the session ended',
      'opened sctp',
      'down the session ended',
    ]);
  });

  it.each([
    ['replaced', (rig: Rig) => rig.route.link.end({ code: 1000, reason: 'replaced' })],
    [
      'refused',
      (rig: Rig) => {
        rig.route.whenTried = (link) => link.refuse(403);
        rig.route.link.end({ code: 1001 });
        rig.clock.advance(60_000);
      },
    ],
  ])('tells the conference when the channel ended: %s', (reason, end) => {
    const rig = new Rig().open();
    end(rig);
    expect(rig.ends).toEqual([expect.objectContaining({ reason })]);
    expect(rig.bridge.state).toBe('down');
    rig.bridge.close({ reason: 'left' });
    expect(rig.clock.pending).toBe(0);
  });
});

describe('what is kept', () => {
  it('is sent at each open, merged, before anything else', () => {
    const rig = new Rig({ whenDown: 'queue' });
    const { bridge, route } = rig;
    bridge.sendText('', 'first');
    bridge.sendAudioSubscription({ exclude: ['a-a0'] });
    bridge.sendVideoType('desktop', { source: 'me-v1' });
    bridge.sendVideoType('camera', { source: 'me-v0' });
    bridge.sendVideoType('none');
    bridge.sendReceiverVideoConstraints({ lastN: 5, defaultConstraints: { maxHeight: 180 } });
    bridge.sendLastN(2);
    rig.open();
    const kept = [
      { colibriClass: 'ReceiverVideoConstraints', lastN: 2, defaultConstraints: { maxHeight: 180 } },
      { colibriClass: 'SourceVideoTypeMessage', sourceName: 'me-v1', videoType: 'desktop' },
      { colibriClass: 'SourceVideoTypeMessage', sourceName: 'me-v0', videoType: 'camera' },
      { colibriClass: 'VideoTypeMessage', videoType: 'none' },
      { colibriClass: 'ReceiverAudioSubscription', all: true, include: [], exclude: ['a-a0'] },
    ];
    const first = { colibriClass: 'EndpointMessage', to: '', text: 'first' };
    expect(route.link.messages).toEqual([...kept, first]);

    bridge.sendVideoType('none', { source: 'me-v1' });
    expect(route.link.messages.at(-1)).toMatchObject({ sourceName: 'me-v1', videoType: 'none' });
    rig.reopen();
    expect(route.link.messages).toEqual([kept[0], { ...kept[1], videoType: 'none' }, ...kept.slice(2)]);
  });

  it('is sent as given while the channel is open', () => {
    const { bridge, route } = new Rig().open();
    bridge.sendReceiverVideoConstraints({ lastN: 5 });
    bridge.sendReceiverVideoConstraints({ onStageSources: ['a-v0'] });
    expect(route.link.messages).toEqual([
      { colibriClass: 'ReceiverVideoConstraints', lastN: 5 },
      { colibriClass: 'ReceiverVideoConstraints', onStageSources: ['a-v0'] },
    ]);
  });

  it('does not pile up on a socket that takes no more', () => {
    const { bridge, route } = new Rig().open();
    route.link.isStuck = true;
    while (bridge.sendRaw('', Buffer.alloc(40_000)));
    const { length } = route.link.sent;
    for (let lastN = 0; lastN < 10_000; lastN++) bridge.sendLastN(lastN);
    expect(route.link.sent).toHaveLength(length);
    route.link.drain();
    expect(route.link.messages.slice(length)).toEqual([
      { colibriClass: 'ReceiverVideoConstraints', lastN: 9_999 },
    ]);
  });

  it('is not touched by what no bridge would take', () => {
    const { bridge, route } = new Rig().open();
    expect(() => bridge.sendReceiverVideoConstraints({ lastN: -2 })).toThrow(UsageError);
    expect(() => bridge.sendVideoType('hologram' as 'camera')).toThrow(UsageError);
    bridge.sendLastN(1);
    expect(route.link.messages).toEqual([{ colibriClass: 'ReceiverVideoConstraints', lastN: 1 }]);
  });
});

describe('sending', () => {
  it('writes each kind of message', () => {
    const { bridge, route } = new Rig().open();
    expect(bridge.sendMessage('abcd1234', { type: 'x' })).toBe(true);
    bridge.sendText('', 'grüße');
    bridge.sendRaw('', Buffer.from('hi'));
    bridge.sendRaw('', Buffer.from('hi'), { rawForm: 'payload' });
    bridge.sendEndpointStats({ connectionQuality: 100 });
    bridge.sendJson({ colibriClass: 'Anything', field: 1 });
    bridge.sendJson('{"colibriClass":"ClientHello"}');
    expect(route.link.sent).toEqual([
      '{"colibriClass":"EndpointMessage","msgPayload":{"type":"x"},"to":"abcd1234"}',
      '{"colibriClass":"EndpointMessage","to":"","text":"grüße"}',
      '{"colibriClass":"EndpointMessage","to":"","raw":"aGk="}',
      '{"colibriClass":"EndpointMessage","to":"","msgPayload":{"raw":"aGk="}}',
      '{"colibriClass":"EndpointStats","connectionQuality":100}',
      '{"colibriClass":"Anything","field":1}',
      '{"colibriClass":"ClientHello"}',
    ]);
  });

  it('refuses what the channel would not survive, with both numbers', () => {
    const { bridge, route } = new Rig().open();
    const envelope = bridge.sendText('', '') && Buffer.byteLength(route.link.sent[0] ?? '');
    const most = 65_536 - Number(envelope);
    bridge.sendText('', 'x'.repeat(most));
    expect(() => bridge.sendText('', 'x'.repeat(most + 1))).toThrow(/65537 bytes.* at most 65536/);
    // Bytes count, not characters.
    expect(() => bridge.sendText('', 'é'.repeat(most / 2 + 1))).toThrow(
      expect.objectContaining({ code: 'message-too-large', retryable: false }),
    );
    expect(() => bridge.sendRaw('', Buffer.alloc(65_536))).toThrow(/87435 bytes.* at most 65536/);
    expect(route.link.sent).toHaveLength(2);
    const sctp = new Rig({}, 'sctp').open();
    expect(sctp.bridge.sendRaw('', Buffer.alloc(65_536))).toBe(true);
  });

  it('refuses what JSON cannot say', () => {
    const { bridge } = new Rig().open();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const value of [circle, (() => {}) as object, { big: 1n }])
      expect(() => bridge.sendJson(value)).toThrow(
        expect.objectContaining({ code: 'bridge-message-invalid' }),
      );
    expect(() => bridge.sendRaw('', 'text' as unknown as Uint8Array)).toThrow(UsageError);
    expect(() => bridge.sendRaw(undefined as unknown as string, Buffer.from('x'))).toThrow(UsageError);
  });

  it('says when to stop, and when to go on', async () => {
    const { bridge, route } = new Rig().open();
    await bridge.drained();
    route.link.isStuck = true;
    let sent = 1;
    while (bridge.sendRaw('', Buffer.alloc(8_192))) sent += 1;
    expect(bridge.bufferedAmount).toBeGreaterThan(256 * 1024);
    expect(bridge.bufferedAmount).toBeLessThan(300 * 1024);
    expect(route.link.sent).toHaveLength(sent);
    let isDrained = false;
    const drained = bridge.drained().then(() => (isDrained = true));
    await Promise.resolve();
    expect(isDrained).toBe(false);
    route.link.drain();
    await drained;
    expect(bridge.sendRaw('', Buffer.alloc(10))).toBe(true);
  });

  it('stops earlier over a data channel', () => {
    const { bridge, route } = new Rig({}, 'sctp').open();
    route.link.isStuck = true;
    while (bridge.sendRaw('', Buffer.alloc(1_000)));
    expect(bridge.bufferedAmount).toBeLessThan(66 * 1024);
  });

  it('bounds what those send who do not stop', () => {
    const { bridge, route } = new Rig({ queueLimit: 100_000 }).open();
    route.link.isStuck = true;
    const flood = (): void => {
      for (;;) bridge.sendRaw('', Buffer.alloc(8_192));
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'bridge-queue-full', retryable: true }));
    expect(bridge.bufferedAmount).toBeLessThan(256 * 1024 + 100_000 + 2 * 12_000);
    route.link.drain();
    expect(bridge.sendText('', 'again')).toBe(true);
  });
});

describe('sending while the channel is down', () => {
  it('is refused, unless it was asked for', () => {
    const rig = new Rig().attach();
    expect(() => rig.bridge.sendText('', 'hi')).toThrow(ConnectionError);
    expect(() => rig.bridge.sendText('', 'hi')).toThrow(
      expect.objectContaining({ code: 'bridge-not-open', retryable: true }),
    );
    rig.route.link.open();
    expect(rig.route.link.sent).toEqual([]);
  });

  it('is kept in order, within a bound', async () => {
    const rig = new Rig({ whenDown: 'queue', queueLimit: 200 });
    const { bridge, route } = rig;
    expect(bridge.sendJson('1'.repeat(90))).toBe(false);
    expect(bridge.sendJson('2'.repeat(90))).toBe(false);
    expect(bridge.bufferedAmount).toBe(180);
    expect(() => bridge.sendJson('3'.repeat(90))).toThrow(
      expect.objectContaining({ code: 'bridge-queue-full', retryable: true }),
    );
    expect(bridge.sendJson('4'.repeat(20))).toBe(false);
    const drained = bridge.drained();
    rig.open();
    await drained;
    expect(route.link.sent.map((text) => text[0])).toEqual(['1', '2', '4']);
    expect(bridge.bufferedAmount).toBe(0);
    expect(bridge.sendJson('5')).toBe(true);

    route.link.end();
    bridge.sendJson('6');
    rig.clock.advance(60_000);
    route.link.open();
    expect(route.link.sent).toEqual(['6']);
  });

  it('goes on behind what is kept when the socket is full', () => {
    const rig = new Rig({ whenDown: 'queue', queueLimit: 1_000_000 });
    const { bridge, route } = rig;
    route.whenTried = (link) => (link.isStuck = true);
    for (let index = 0; index < 8; index++) bridge.sendJson(`${index}${'x'.repeat(60_000)}`);
    rig.open();
    expect(route.link.sent).toHaveLength(5);
    expect(bridge.sendJson('8')).toBe(false);
    route.link.drain();
    expect(route.link.sent.map((text) => text[0]).join('')).toBe('012345678');
  });

  it('loses what turns out to be too large, with a warning', () => {
    const rig = new Rig({ whenDown: 'queue', queueLimit: 100_000 });
    rig.bridge.sendRaw('', Buffer.alloc(65_536));
    rig.bridge.sendText('', 'next');
    rig.open();
    expect(rig.told).toEqual(['warning message-too-large', 'opened ws']);
    expect(rig.route.link.messages).toEqual([expect.objectContaining({ text: 'next' })]);
  });
});

describe('receiving', () => {
  it('gives typed messages to listeners and loops', async () => {
    const { bridge, route } = new Rig().open();
    const heard: unknown[] = [];
    bridge.on('messageReceived', ({ message }) => heard.push(message));
    const messages = bridge.messages();
    const hello = { colibriClass: 'ServerHello' };
    route.link.receive(hello);
    route.link.receive(endpointMessage({ msgPayload: { a: 1 } }));
    route.link.receive({ colibriClass: 'Newer', x: [1] });
    bridge.close();
    const read: unknown[] = [];
    for await (const message of messages) read.push(message);
    expect(read).toEqual([
      hello,
      endpointMessage({ msgPayload: { a: 1 } }),
      { colibriClass: 'Newer', x: [1] },
    ]);
    expect(heard).toEqual(read);
  });

  it('turns the reports of the bridge into events', () => {
    const { bridge, route } = new Rig().open();
    const heard: unknown[] = [];
    const names = [
      'dominantSpeakerChanged',
      'endpointConnectivityChanged',
      'forwardedSourcesChanged',
      'senderConstraintsChanged',
      'sourcesMapped',
      'connectionStats',
    ] as const;
    for (const name of names) bridge.on(name, (payload) => heard.push([name, payload]));
    const video = { source: 'a-v0', owner: 'a', ssrc: 1, rtx: 2, videoType: 'camera' };
    const audio = { source: 'a-a0', owner: 'a', ssrc: 3 };
    for (const message of [
      {
        colibriClass: 'DominantSpeakerEndpointChangeEvent',
        dominantSpeakerEndpoint: 'a',
        previousSpeakers: ['b'],
      },
      { colibriClass: 'EndpointConnectivityStatusChangeEvent', endpoint: 'a', active: 'false' },
      { colibriClass: 'ForwardedSources', forwardedSources: ['a-v0'] },
      { colibriClass: 'SenderSourceConstraints', sourceName: 'me-v0', maxHeight: 720 },
      { colibriClass: 'VideoSourcesMap', mappedSources: [video] },
      { colibriClass: 'AudioSourcesMap', mappedSources: [audio] },
      { colibriClass: 'ConnectionStats', estimatedDownlinkBandwidth: 1e6 },
    ])
      route.link.receive(message);
    expect(heard).toEqual([
      ['dominantSpeakerChanged', { endpointId: 'a', previousSpeakers: ['b'], silence: false }],
      ['endpointConnectivityChanged', { endpointId: 'a', isActive: false }],
      ['forwardedSourcesChanged', { sources: ['a-v0'] }],
      ['senderConstraintsChanged', { sourceName: 'me-v0', maxHeight: 720 }],
      ['sourcesMapped', { kind: 'video', sources: [video] }],
      ['sourcesMapped', { kind: 'audio', sources: [audio] }],
      ['connectionStats', { estimatedDownlinkBandwidth: 1e6 }],
    ]);
  });

  it('gives raw bytes in either form, whoever else listens', async () => {
    const { bridge, route } = new Rig().open();
    const raw = bridge.rawMessages();
    const heard: string[] = [];
    bridge.on('rawReceived', ({ data }) => heard.push(Buffer.from(data).toString()));
    const sendAll = (): void => {
      for (const text of ['one', 'two']) {
        const base64 = Buffer.from(text).toString('base64');
        route.link.receive(endpointMessage({ raw: base64 }));
        route.link.receive(endpointMessage({ from: 'else', msgPayload: { raw: base64 } }));
        route.link.receive(endpointMessage({ text: 'not raw' }));
      }
    };
    sendAll();
    const messages = bridge.messages();
    sendAll();
    bridge.close();
    const read: string[] = [];
    for await (const { from, to, data } of raw) read.push(`${from}|${to}|${Buffer.from(data).toString()}`);
    const each = ['abcd1234||one', 'else||one', 'abcd1234||two', 'else||two'];
    expect(read).toEqual([...each, ...each]);
    expect(heard).toEqual(read.map((line) => line.split('|')[2]));
    let count = 0;
    for await (const _ of messages) count += 1;
    expect(count).toBe(6);
  });

  it('warns of what is not valid, once in ten seconds', () => {
    const { route, told, clock } = new Rig().open();
    told.length = 0;
    for (const junk of ['', '{', '[]', '{"colibriClass":7}', '{"colibriClass":"ForwardedSources"}'])
      route.link.receive(junk);
    expect(told).toEqual(['warning bridge-message-not-json']);
    clock.advance(10_000);
    route.link.receive('null');
    expect(told).toEqual(['warning bridge-message-not-json', 'warning bridge-message-no-class']);
  });

  it('survives listeners that throw', () => {
    const { bridge, route, told } = new Rig().open();
    bridge.on('messageReceived', () => {
      throw new Error('oops');
    });
    const speakers: string[] = [];
    bridge.on('dominantSpeakerChanged', ({ endpointId }) => speakers.push(endpointId));
    route.link.receive({ colibriClass: 'DominantSpeakerEndpointChangeEvent', dominantSpeakerEndpoint: 'a' });
    expect(told.at(-1)).toBe('warning listener-failed');
    expect(speakers).toEqual(['a']);
  });

  it('answers pings, but not a flood of them', () => {
    const { route, told } = new Rig().open();
    const ping = (id: unknown): void =>
      route.link.receive(endpointMessage({ msgPayload: { type: 'e2e-ping-request', id } }));
    ping(7);
    expect(route.link.messages).toEqual([
      {
        colibriClass: 'EndpointMessage',
        to: 'abcd1234',
        msgPayload: { type: 'e2e-ping-response', id: 7 },
      },
    ]);
    ping('x'.repeat(70_000));
    expect(route.link.sent).toHaveLength(1);
    route.link.isStuck = true;
    for (let id = 1; id < 10_000; id++) ping(id);
    expect(route.link.bufferedAmount).toBeLessThan(257 * 1024);
    expect(told).toEqual(['opened ws']);
  });
});

describe('a slow reader', () => {
  const message = endpointMessage({ raw: Buffer.alloc(100).toString('base64') });

  it('holds the socket back until half is read, and loses nothing', async () => {
    const { bridge, route } = new Rig().open();
    const messages = bridge.messages({ limit: 10 });
    for (let index = 0; index < 10; index++) route.link.receive(message);
    expect(route.link.isPaused).toBe(true);
    // What had been read from the network already.
    for (let index = 0; index < 50; index++) route.link.receive(message);
    for (let index = 0; index < 55; index++) await messages.next();
    expect(route.link.isPaused).toBe(true);
    await messages.next();
    expect(route.link.isPaused).toBe(false);
    expect(messages.dropped).toBe(0);
  });

  it('is bounded in bytes too', () => {
    const { bridge, route } = new Rig().open();
    bridge.rawMessages();
    const large = endpointMessage({ raw: Buffer.alloc(600_000).toString('base64') });
    let count = 0;
    while (!route.link.isPaused && count < 1_000) {
      route.link.receive(large);
      count += 1;
    }
    expect(count).toBe(11);
  });

  it('stays held back over a reconnect, and lets go when the loop is left', async () => {
    const rig = new Rig().open();
    const slow = rig.bridge.messages({ limit: 2 });
    const slower = rig.bridge.rawMessages({ limit: 2 });
    for (let index = 0; index < 2; index++) rig.route.link.receive(message);
    rig.reopen();
    expect(rig.route.link.isPaused).toBe(true);
    await slow.return?.();
    expect(rig.route.link.isPaused).toBe(true);
    await slower.return?.();
    expect(rig.route.link.isPaused).toBe(false);
  });

  it('loses the oldest over a data channel, with one warning', async () => {
    const { bridge, route, told } = new Rig({}, 'sctp').open();
    const messages = bridge.messages({ limit: 10 });
    for (let index = 0; index < 100; index++) route.link.receive(endpointMessage({ index }));
    expect(messages.dropped).toBe(90);
    expect(told).toEqual(['opened sctp', 'warning bridge-reader-slow']);
    expect((await messages.next()).value).toMatchObject({ index: 90 });
  });
});

describe('the wire tap', () => {
  it('sees what is sent and received, long data cut', () => {
    const entries: string[] = [];
    const rig = new Rig({
      wire: (entry) => entries.push(`${entry.channel} ${entry.direction} ${entry.text}`),
    });
    rig.bridge.sendLastN(3);
    rig.open();
    rig.route.link.receive({ colibriClass: 'ServerHello' });
    rig.bridge.sendRaw('', Buffer.alloc(6_000));
    expect(entries.slice(0, 2)).toEqual([
      'bridge sent {"colibriClass":"ReceiverVideoConstraints","lastN":3}',
      'bridge received {"colibriClass":"ServerHello"}',
    ]);
    expect(entries[2]).toMatch(
      /^bridge sent \{"colibriClass":"EndpointMessage".{4000,4100} \(and 3955 more\)$/,
    );
  });
});
