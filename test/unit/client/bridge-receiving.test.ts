import { describe, expect, it } from 'vitest';
import { BridgeRig, endpointMessage } from '../../support/bridge-rig.ts';

describe('receiving', () => {
  it('gives typed messages to listeners and loops', async () => {
    const { bridge, route } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
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
    const { route, told, clock } = new BridgeRig().open();
    told.length = 0;
    for (const junk of ['', '{', '[]', '{"colibriClass":7}', '{"colibriClass":"ForwardedSources"}'])
      route.link.receive(junk);
    expect(told).toEqual(['warning bridge-message-not-json']);
    clock.advance(10_000);
    route.link.receive('null');
    expect(told).toEqual(['warning bridge-message-not-json', 'warning bridge-message-no-class']);
  });

  it('survives listeners that throw', () => {
    const { bridge, route, told } = new BridgeRig().open();
    bridge.on('messageReceived', () => {
      throw new Error('oops');
    });
    const speakers: string[] = [];
    bridge.on('dominantSpeakerChanged', ({ endpointId }) => speakers.push(endpointId));
    route.link.receive({ colibriClass: 'DominantSpeakerEndpointChangeEvent', dominantSpeakerEndpoint: 'a' });
    expect(told.at(-1)).toBe('warning listener-failed');
    expect(speakers).toEqual(['a']);
  });

  it('survives listeners whose promises reject', async () => {
    const { bridge, route, told } = new BridgeRig().open();
    bridge.on('connectionStats', () => Promise.reject(new Error('oops')));
    route.link.receive({ colibriClass: 'ConnectionStats', estimatedDownlinkBandwidth: 1_000 });
    expect(told).not.toContain('warning listener-failed');
    await Promise.resolve();
    expect(told.at(-1)).toBe('warning listener-failed');
  });

  it('answers pings, but not a flood of them', () => {
    const { route, told } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
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
    const { bridge, route } = new BridgeRig().open();
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
    const rig = new BridgeRig().open();
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
    const { bridge, route, told } = new BridgeRig({}, 'sctp').open();
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
    const rig = new BridgeRig({
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

describe('frames', () => {
  const raw = (text: string): string =>
    JSON.stringify({
      colibriClass: 'EndpointMessage',
      to: '',
      raw: Buffer.from(text).toString('base64'),
      from: 'a',
    });

  it('are the bytes of every message, while everything else goes on', async () => {
    const { bridge, route } = new BridgeRig().open();
    const frames = bridge.rawFrames();
    const speakers: string[] = [];
    bridge.on('dominantSpeakerChanged', ({ endpointId }) => speakers.push(endpointId));
    const speaker = '{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"a"}';
    const ping =
      '{"colibriClass":"EndpointMessage","to":"","msgPayload":{"type":"e2e-ping-request","id":1},"from":"a"}';
    const sent = [raw('one'), raw('two'), raw('three'), speaker, ping, 'no JSON'];
    for (const text of sent) route.link.receive(text);
    const got: string[] = [];
    for await (const frame of frames) if (got.push(frame.toString()) === sent.length) break;
    expect(got).toEqual(sent);
    expect(speakers).toEqual(['a']);
    expect(route.link.messages).toMatchObject([{ msgPayload: { type: 'e2e-ping-response', id: 1 } }]);
  });

  it('do not keep bytes from those who want them', async () => {
    const { bridge, route } = new BridgeRig().open();
    const frames = bridge.rawFrames();
    for (const text of [raw('one'), raw('two')]) route.link.receive(text);
    const bytes: string[] = [];
    const off = bridge.on('rawReceived', ({ data }) => bytes.push(Buffer.from(data).toString()));
    route.link.receive(raw('three'));
    off();
    route.link.receive(raw('four'));
    expect(bytes).toEqual(['three']);
    await frames.return?.();
  });

  it('are not taken for bytes alone where there is something else in them', () => {
    const { bridge, route } = new BridgeRig().open();
    void bridge.rawFrames();
    for (const text of [raw('one'), raw('two')]) route.link.receive(text);
    const head = raw('x').slice(0, raw('x').indexOf('"raw":"') + 7);
    const tail = '","from":"a"}';
    route.link.receive(`${head}AAAA","msgPayload":{"type":"e2e-ping-request","id":2},"x":"${tail}`);
    expect(route.link.messages).toMatchObject([{ msgPayload: { type: 'e2e-ping-response', id: 2 } }]);
  });
});
