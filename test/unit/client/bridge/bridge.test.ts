import { describe, expect, it } from 'vitest';
import { ConnectionError, TimeoutError, UsageError } from '../../../../src/base/errors.ts';
import { encodeRaw } from '../../../../src/rtc/raw-message.ts';
import { BridgeRig } from '../../../support/bridge-rig.ts';
import { FakeRoute } from '../../../support/fake-route.ts';

describe('the state', () => {
  it('follows the channel', async () => {
    const { bridge, route, clock, told } = new BridgeRig();
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
    const rig = new BridgeRig();
    const opened = rig.bridge.opened();
    rig.open();
    await opened;
    await rig.bridge.opened();
  });

  it('is waited for so long, and no longer', async () => {
    const { bridge, clock } = new BridgeRig().attach();
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
    const { bridge, route, told } = new BridgeRig().attach();
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
    const rig = new BridgeRig().open();
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
    ['replaced', (rig: BridgeRig) => rig.route.link.end({ code: 1000, reason: 'replaced' })],
    [
      'refused',
      (rig: BridgeRig) => {
        rig.route.whenTried = (link) => link.refuse(403);
        rig.route.link.end({ code: 1001 });
        rig.clock.advance(60_000);
      },
    ],
  ])('tells the conference when the channel ended: %s', (reason, end) => {
    const rig = new BridgeRig().open();
    end(rig);
    expect(rig.ends).toEqual([expect.objectContaining({ reason })]);
    expect(rig.bridge.state).toBe('down');
    rig.bridge.close({ reason: 'left' });
    expect(rig.clock.pending).toBe(0);
  });
});

describe('what is kept', () => {
  it('is sent at each open, merged, before anything else', () => {
    const rig = new BridgeRig({ whenDown: 'queue' });
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
    const first = { colibriClass: 'EndpointMessage', to: '', text: 'first', msgPayload: { text: 'first' } };
    expect(route.link.messages).toEqual([...kept, first]);

    bridge.sendVideoType('none', { source: 'me-v1' });
    expect(route.link.messages.at(-1)).toMatchObject({ sourceName: 'me-v1', videoType: 'none' });
    rig.reopen();
    expect(route.link.messages).toEqual([kept[0], { ...kept[1], videoType: 'none' }, ...kept.slice(2)]);
  });

  it('is no longer what our sources show once they have other names', () => {
    const rig = new BridgeRig();
    rig.bridge.sendVideoType('desktop', { source: 'me-v1' });
    rig.bridge.sendLastN(2);
    rig.bridge.forgetVideoTypes();
    rig.bridge.sendVideoType('desktop', { source: 'you-v1' });
    rig.open();
    expect(rig.route.link.messages).toMatchObject([{ lastN: 2 }, { sourceName: 'you-v1' }]);
  });

  it('is sent as given while the channel is open', () => {
    const { bridge, route } = new BridgeRig().open();
    bridge.sendReceiverVideoConstraints({ lastN: 5 });
    bridge.sendReceiverVideoConstraints({ onStageSources: ['a-v0'] });
    expect(route.link.messages).toEqual([
      { colibriClass: 'ReceiverVideoConstraints', lastN: 5 },
      { colibriClass: 'ReceiverVideoConstraints', onStageSources: ['a-v0'] },
    ]);
  });

  it('does not pile up on a socket that takes no more', () => {
    const { bridge, route } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
    expect(() => bridge.sendReceiverVideoConstraints({ lastN: -2 })).toThrow(UsageError);
    expect(() => bridge.sendVideoType('hologram' as 'camera')).toThrow(UsageError);
    bridge.sendLastN(1);
    expect(route.link.messages).toEqual([{ colibriClass: 'ReceiverVideoConstraints', lastN: 1 }]);
  });
});

describe('sending', () => {
  it('writes each kind of message', () => {
    const { bridge, route } = new BridgeRig().open();
    expect(bridge.sendMessage('abcd1234', { type: 'x' })).toBe(true);
    bridge.sendText('', 'grüße');
    bridge.sendRaw('', Buffer.from('hi'));
    bridge.sendRaw('', Buffer.from('hi'), { rawForm: 'payload' });
    bridge.sendEndpointStats({ connectionQuality: 100 });
    bridge.sendJson({ colibriClass: 'Anything', field: 1 });
    bridge.sendJson('{"colibriClass":"ClientHello"}');
    expect(route.link.sent).toEqual([
      '{"colibriClass":"EndpointMessage","msgPayload":{"type":"x"},"to":"abcd1234"}',
      '{"colibriClass":"EndpointMessage","to":"","text":"grüße","msgPayload":{"text":"grüße"}}',
      '{"colibriClass":"EndpointMessage","to":"","raw":"aGk="}',
      '{"colibriClass":"EndpointMessage","to":"","msgPayload":{"raw":"aGk="}}',
      '{"colibriClass":"EndpointStats","connectionQuality":100}',
      '{"colibriClass":"Anything","field":1}',
      '{"colibriClass":"ClientHello"}',
    ]);
  });

  it('refuses what the channel would not survive, with both numbers', () => {
    const { bridge, route } = new BridgeRig().open();
    const envelope = bridge.sendMessage('', '') && Buffer.byteLength(route.link.sent[0] ?? '');
    const most = 65_536 - Number(envelope);
    bridge.sendMessage('', 'x'.repeat(most));
    expect(() => bridge.sendMessage('', 'x'.repeat(most + 1))).toThrow(/65537 bytes.* at most 65536/);
    // Bytes count, not characters.
    expect(() => bridge.sendMessage('', 'é'.repeat(most / 2 + 1))).toThrow(
      expect.objectContaining({ code: 'message-too-large', retryable: false }),
    );
    expect(() => bridge.sendRaw('', Buffer.alloc(65_536))).toThrow(/87435 bytes.* at most 65536/);
    expect(route.link.sent).toHaveLength(2);
    const sctp = new BridgeRig({}, 'sctp').open();
    expect(sctp.bridge.sendRaw('', Buffer.alloc(65_536))).toBe(true);
  });

  it('sends a text that does not fit twice as payload', () => {
    const { bridge, route } = new BridgeRig().open();
    const [short, long] = ['x'.repeat(32_000), 'x'.repeat(40_000)];
    bridge.sendText('', short);
    bridge.sendText('', long);
    expect(route.link.messages).toEqual([
      { colibriClass: 'EndpointMessage', to: '', text: short, msgPayload: { text: short } },
      { colibriClass: 'EndpointMessage', to: '', msgPayload: { text: long } },
    ]);
    expect(() => bridge.sendText('', 'x'.repeat(65_536))).toThrow(/at most 65536/);
  });

  it('refuses what JSON cannot say', () => {
    const { bridge } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig({}, 'sctp').open();
    route.link.isStuck = true;
    while (bridge.sendRaw('', Buffer.alloc(1_000)));
    expect(bridge.bufferedAmount).toBeLessThan(66 * 1024);
  });

  it('bounds what those send who do not stop', () => {
    const { bridge, route } = new BridgeRig({ queueLimit: 100_000 }).open();
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
    const rig = new BridgeRig().attach();
    expect(() => rig.bridge.sendText('', 'hi')).toThrow(ConnectionError);
    expect(() => rig.bridge.sendText('', 'hi')).toThrow(
      expect.objectContaining({ code: 'bridge-not-open', retryable: true }),
    );
    rig.route.link.open();
    expect(rig.route.link.sent).toEqual([]);
  });

  it('is kept in order, within a bound', async () => {
    const rig = new BridgeRig({ whenDown: 'queue', queueLimit: 200 });
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
    rig.clock.advance(1_000);
    route.link.open();
    expect(route.link.sent).toEqual(['6']);
  });

  it('goes on behind what is kept when the socket is full', () => {
    const rig = new BridgeRig({ whenDown: 'queue', queueLimit: 1_000_000 });
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
    const rig = new BridgeRig({ whenDown: 'queue', queueLimit: 100_000 });
    rig.bridge.sendRaw('', Buffer.alloc(65_536));
    rig.bridge.sendText('', 'next');
    rig.open();
    expect(rig.told).toEqual(['warning message-too-large', 'opened ws']);
    expect(rig.route.link.messages).toEqual([expect.objectContaining({ text: 'next' })]);
  });
});

describe('to whom', () => {
  const here = { endpoints: () => ['ada', 'bob'], isHere: (id: string) => ['ada', 'bob', 'me'].includes(id) };

  it('is told, and is nobody else', () => {
    const { bridge, route } = new BridgeRig(here).open();
    expect(bridge.endpoints).toEqual(['ada', 'bob']);
    const bytes = Buffer.from('x');
    for (const to of ['', ' ', 'ada', 'me']) {
      bridge.sendMessage(to, {});
      bridge.sendText(to, 'x');
      bridge.sendRaw(to, bytes);
      expect(bridge.trySendRaw(to, bytes)).toBe(true);
    }
    const sent = route.link.sent.length;
    for (const send of [
      () => bridge.sendMessage('eve', {}),
      () => bridge.sendText('eve', 'x'),
      () => bridge.sendText('eve', 'x'.repeat(40_000)),
      () => bridge.sendRaw('eve', bytes),
    ])
      expect(send).toThrow(
        expect.objectContaining({
          kind: 'usage',
          code: 'no-such-endpoint',
          message: expect.stringMatching(
            /nobody in the room has the endpoint id "eve".* there are: ada, bob$/,
          ),
        }),
      );
    expect(bridge.trySendRaw('eve', bytes)).toBe(false);
    expect(route.link.sent).toHaveLength(sent);
  });

  it('does not matter once the bridge is closed', () => {
    const { bridge } = new BridgeRig(here).open();
    bridge.close();
    expect(() => bridge.sendMessage('eve', {})).toThrow(expect.objectContaining({ code: 'bridge-closed' }));
    expect(bridge.trySendRaw('eve', Buffer.from('x'))).toBe(false);
  });
});

describe('sending without waiting', () => {
  const bytes = Buffer.alloc(6_000);

  it('drops while the channel takes no more, and says so', () => {
    const { bridge, route } = new BridgeRig({}, 'sctp').open();
    route.link.isStuck = true;
    let sent = 0;
    while (bridge.trySendRaw('', bytes)) sent += 1;
    // 64 KiB of messages of some 8 KB.
    expect(sent).toBe(9);
    expect(bridge.canSend).toBe(false);
    expect(bridge.queued).toEqual({ messages: 9, bytes: bridge.bufferedAmount });
    expect(route.link.sent).toHaveLength(9);
    route.link.drain();
    expect(bridge.canSend).toBe(true);
    expect(bridge.queued).toEqual({ messages: 0, bytes: 0 });
    expect(bridge.trySendRaw('', bytes)).toBe(true);
  });

  it('drops while the channel is down, also where messages are kept', () => {
    const { bridge } = new BridgeRig({ whenDown: 'queue' }).attach();
    expect([bridge.canSend, bridge.trySendRaw('', bytes)]).toEqual([false, false]);
    bridge.sendJson('{}');
    expect(bridge.queued).toEqual({ messages: 1, bytes: 2 });
  });

  it('fails where it can never succeed', () => {
    const { bridge } = new BridgeRig().open();
    expect(() => bridge.trySendRaw('', Buffer.alloc(65_536))).toThrow(
      expect.objectContaining({ code: 'message-too-large' }),
    );
    expect(() => bridge.trySendRaw('', 'text' as unknown as Uint8Array)).toThrow(UsageError);
  });

  it('sends frames that were made before', () => {
    const { bridge, route } = new BridgeRig().open();
    const frame = encodeRaw('', Buffer.from('same'));
    expect([bridge.sendRawFrame(frame), bridge.sendRawFrame(frame)]).toEqual([true, true]);
    expect(route.link.sent).toEqual([frame.toString(), frame.toString()]);
    expect(() => bridge.sendRawFrame(Buffer.alloc(65_537))).toThrow(/65537 bytes/);
  });
});
