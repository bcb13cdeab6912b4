/** Calls that come too late end, and calls that cannot work are refused: nothing waits for ever, nothing is accepted in silence. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Conference,
  JitsiError,
  join,
  joinRoom,
  type JoinOptions,
  joinSession,
  xml,
} from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';

let sandbox: Sandbox;
let alice: Conference;
let bob: Conference;
beforeAll(async () => {
  sandbox = await createSandbox();
  const here = { host: sandbox.url, room: 'calls' };
  alice = await join(here);
  const hasTrack = nextEvent(alice, 'trackAdded');
  bob = await join(here);
  bob.addTrack({ kind: 'audio' });
  await hasTrack;
});
afterAll(async () => {
  await Promise.all([alice.leave(), bob.leave()]);
  await sandbox.close();
});

const usage = (code: string): unknown => expect.objectContaining({ kind: 'usage', code });

describe('a call that cannot work', () => {
  it.each([
    ['somebody who is not here', 'nobody'],
    ['nobody', ''],
    ['what a look-up did not find', undefined],
    ['null', null],
  ])('a private message to %s is refused, and goes to no one', async (_, to) => {
    const heard: string[] = [];
    const off = bob.on('messageReceived', ({ message }) => heard.push(message.text));
    await expect(alice.chat.send('a secret', { to: to as string })).rejects.toEqual(
      usage('participant-unknown'),
    );
    const next = nextEvent(bob, 'messageReceived');
    await alice.chat.send('for all');
    await next;
    off();
    expect(heard).toEqual(['for all']);
  });

  it('a private message to somebody who is here goes to them', async () => {
    const next = nextEvent(bob, 'messageReceived');
    await alice.chat.send('psst', { to: bob.endpointId });
    expect((await next).message).toMatchObject({ text: 'psst', isPrivate: true });
  });

  it('a listener for an event that there is not is refused, with the near ones', () => {
    const on = (target: { on: unknown }, name: string): unknown => {
      try {
        return (target as Conference).on(name as 'warning', () => {});
      } catch (error) {
        return error;
      }
    };
    expect(on(alice, 'message')).toMatchObject({
      code: 'event-unknown',
      message: expect.stringMatching(/did you mean .*messageReceived/),
    });
    expect(on(alice.bridge, 'open')).toMatchObject({
      code: 'event-unknown',
      message: expect.stringMatching(/opened/),
    });
    const track = alice.addTrack({ kind: 'audio' });
    expect(on(track, 'stop')).toMatchObject({
      code: 'event-unknown',
      message: expect.stringMatching(/stopped/),
    });
    track.stop();
  });

  it('what is no request is not waited for', async () => {
    const message = xml('jabber:client', 'message', { to: alice.roomJid });
    await expect(alice.xmpp.request(message)).rejects.toEqual(usage('not-a-request'));
  });
});

/** What programs without types pass; none of it is refused by every call. */
const wrong: unknown[] = [
  undefined,
  null,
  42,
  Number.NaN,
  -1,
  true,
  '',
  'x',
  [],
  {},
  () => {},
  Symbol('s'),
  10n,
];
const wrongOptions: unknown[] = [null, 42, true, 'x', [], { signal: 1 }, { signal: {} }, { tiemout: 1 }];

describe('a call with values of the wrong kind', () => {
  type Call = (value: never) => unknown;
  const xmppPing = '<iq xmlns="jabber:client" type="get"><ping xmlns="urn:xmpp:ping"/></iq>';
  const calls: [string, unknown[], () => Call][] = [
    ['chat.send(text)', wrong, () => (value) => alice.chat.send(value)],
    ['chat.send(…, options)', wrongOptions, () => (value) => alice.chat.send('said', value)],
    ['chat.setSubject', wrong, () => (value) => alice.chat.setSubject(value)],
    ['chat.messages', wrongOptions, () => (value) => alice.chat.messages(value)],
    ['setNick', wrong, () => (value) => alice.setNick(value)],
    ['setProperty(name)', wrong, () => (value) => alice.setProperty(value, 'x')],
    ['setProperty(…, value)', wrong, () => (value) => alice.setProperty('x', value)],
    ['leave', [null, 42, {}, Symbol('s')], () => (value) => alice.leave(value)],
    ['tracksOf', wrong, () => (value) => alice.tracksOf(value)],
    ['audioOf', wrong, () => (value) => alice.audioOf(value)],
    ['videoOf', wrong, () => (value) => alice.videoOf(value)],
    ['videoOf(…, type)', [null, 42, 'hologram', {}], () => (value) => alice.videoOf('x', value)],
    ['addTrack', wrong, () => (value) => alice.addTrack(value)],
    [
      'addTrack muted',
      [null, 42, 'x', Symbol('s'), 10n],
      () => (muted) => alice.addTrack({ kind: 'video', muted }).stop(),
    ],
    ['addTrack videoType', wrong.slice(1), () => (videoType) => alice.addTrack({ kind: 'video', videoType })],
    ['addTrack codec', wrong.slice(1), () => (codec) => alice.addTrack({ kind: 'video', codec })],
    ['requestVideo', wrong, () => (value) => alice.requestVideo(value)],
    ['nextSession', wrongOptions, () => (value) => alice.nextSession(value)],
    ['xmpp.send', wrong, () => (value) => alice.xmpp.send(value)],
    ['xmpp.request', wrongOptions, () => (value) => alice.xmpp.request(xmppPing, value)],
    ['xmpp.sendJingle', wrong, () => (value) => alice.xmpp.sendJingle(value)],
    ['xmpp.stanzas', wrongOptions, () => (value) => alice.xmpp.stanzas(value)],
    ['bridge.opened', wrongOptions, () => (value) => alice.bridge.opened(value)],
    ['bridge.drained', wrongOptions, () => (value) => alice.bridge.drained(value)],
    ['bridge.messages', wrongOptions, () => (value) => alice.bridge.messages(value)],
    ['bridge.rawFrames', wrongOptions, () => (value) => alice.bridge.rawFrames(value)],
    ['bridge.sendRawFrame', wrong, () => (value) => alice.bridge.sendRawFrame(value)],
    [
      'bridge.sendRaw form',
      wrong.slice(1),
      () => (rawForm) => alice.bridge.sendRaw('', new Uint8Array(1), { rawForm }),
    ],
    ['session.addSources', wrong, () => (value) => alice.session?.addSources(value)],
    ['session.trickle', wrong, () => (value) => alice.session?.trickle(value)],
    ['session.negotiator', wrong, () => (value) => alice.session?.negotiator(value)],
    ['session.terminate', wrong.slice(1), () => (value) => alice.session?.terminate(value)],
    ['session.openBridge', wrongOptions, () => (value) => alice.session?.openBridge(value)],
    ['track.ready', wrongOptions, () => (value) => bob.localTracks[0]?.ready(value)],
    ['track.frames', wrongOptions, () => (value) => [...alice.tracks.values()][0]?.frames(value)],
    ['track.packets', wrongOptions, () => (value) => [...alice.tracks.values()][0]?.packets(value)],
  ];
  /** Of these values, what a call may take: texts, numbers of pixels, nothing, an empty object. */
  const fine = new Set<unknown>(['', 'x', undefined, 42, -1]);

  it.each(calls)('%s refuses them with a typed error, or takes what is right', async (_, values, call) => {
    for (const value of values) {
      let refused: unknown;
      try {
        await (call() as (value: unknown) => unknown)(value);
      } catch (error) {
        refused = error;
      }
      if (refused === undefined)
        expect(fine.has(value) || isEmpty(value), `took ${String(value)}`).toBe(true);
      else expect(refused, `given ${String(value)}`).toBeInstanceOf(JitsiError);
    }
  });

  it('leaves no trace: what is right works afterwards', async () => {
    const heard = nextEvent(bob, 'handRaised');
    expect(alice.raiseHand()).toBe(true);
    await heard;
    expect(alice.localTracks).toEqual([]);
    await alice.chat.send('still here');
    expect(alice.session?.state).toBe('active');
  });

  it.each([{ level: 128, voice: true }, { level: 1.5, voice: true }, { level: 20 }, 20, null])(
    'the loudness %j is refused',
    (audioLevel) => {
      const data = new Uint8Array([0xf8, 0xff, 0xfe]);
      const send = (): unknown =>
        bob.localTracks[0]?.send({ data, timestamp: 1, audioLevel: audioLevel as never });
      expect(send).toThrow(usage('frame-invalid'));
    },
  );

  it('a request for video with a name that there is not is refused, with the near one', () => {
    const request = { maxheight: 720 } as object;
    expect(() => alice.requestVideo(request)).toThrow(/did you mean maxHeight/);
  });
});

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

describe('options of a join', () => {
  const refused: [string, unknown[], string, RegExp][] = [
    ['nothing at all', [], 'host-missing', /no meeting was given/],
    ['null', [null], 'host-missing', /no meeting/],
    ['a number', [7], 'option-invalid', /an object, got 7/],
    ['a list', [['meet.test', 'room']], 'option-invalid', /an object, got a list/],
    ['options before the URL', [{}, 'https://meet.test/x'], 'option-invalid', /a URL as text and options/],
    [
      'a room that is no text',
      [{ host: 'meet.test', room: 5 }],
      'option-invalid',
      /room is to be a text, got 5/,
    ],
    [
      'a nick by another name',
      ['https://meet.test/x', { nickname: 'bot' }],
      'option-unknown',
      /did you mean nick\?/,
    ],
    ['an unknown name', ['https://meet.test/x', { colour: 'red' }], 'option-unknown', /there are: .*room/],
    ['a time as text', ['https://meet.test/x', { joinTimeout: '5s' }], 'option-invalid', /milliseconds/],
    ['no number', ['https://meet.test/x', { joinTimeout: Number.NaN }], 'option-invalid', /milliseconds/],
    [
      'half an account',
      ['https://meet.test/x', { login: { username: 'a' } }],
      'option-invalid',
      /username, password/,
    ],
    [
      'another channel',
      ['https://meet.test/x', { bridge: 'quic' }],
      'option-invalid',
      /"auto" or "ws" or "sctp"/,
    ],
    ['no signal', ['https://meet.test/x', { signal: true }], 'option-invalid', /AbortSignal/],
    ['no logger', ['https://meet.test/x', { logger: console }], 'option-invalid', /log and child/],
    [
      'a property with spaces',
      ['https://meet.test/x', { properties: { 'a b': 'c' } }],
      'property-name-invalid',
      /a b/,
    ],
  ];
  const ways = { join, joinRoom, joinSession };

  it.each(refused)('%s: refused', async (_, args, code, words) => {
    for (const way of Object.values(ways)) {
      const call = (way as (...given: unknown[]) => Promise<Conference>)(...args);
      await expect(call).rejects.toMatchObject({
        kind: 'usage',
        code,
        message: expect.stringMatching(words),
      });
    }
  });

  it('never show what may be a secret', async () => {
    const options = { host: sandbox.url, room: 'x', login: 'hunter2' } as unknown as JoinOptions;
    await expect(join(options)).rejects.toSatisfy((error: Error) => !error.message.includes('hunter2'));
  });

  it('that are undefined are not there', async () => {
    const options = {
      host: sandbox.url,
      room: 'undefined',
      nick: undefined,
      signal: undefined,
    } as unknown as JoinOptions;
    const conference = await joinRoom(options);
    await conference.leave();
  });
});

describe('a signal', () => {
  it('that is aborted already keeps from joining again, and from calling', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(alice.rejoin({ signal })).rejects.toThrow('enough');
    await expect(alice.rejoin({ bogus: 1 } as object)).rejects.toMatchObject({ code: 'option-unknown' });
    await expect(alice.rpc.call(bob.endpointId, 'x', 1, { signal })).rejects.toThrow('enough');
    expect(alice.state).toBe('joined');
  });

  it('ends a stream, and what waits, while the conference goes on', async () => {
    const reason = new Error('enough');
    const control = new AbortController();
    const { signal } = control;
    const track = [...alice.tracks.values()][0];
    if (!track) throw new Error('no track');
    const streams: AsyncIterator<unknown>[] = [
      alice.chat.messages({ signal }),
      alice.xmpp.stanzas({ signal }),
      alice.bridge.messages({ signal }),
      alice.bridge.rawMessages({ signal }),
      track.frames({ signal }),
      track.packets({ signal }),
    ];
    const ends = streams.map((stream) => untilDone(stream));
    const waits = [
      alice.nextSession({ signal }).then(() => alice.nextSession({ signal })),
      // Nobody answers it: the room does not pass it on.
      alice.xmpp.request(
        xml('jabber:client', 'iq', { type: 'get', to: bob.self?.occupantJid }, xml('x:y', 'z')),
        {
          signal,
          timeout: Infinity,
        },
      ),
    ].map((wait) =>
      wait.then(
        () => 'answered',
        (error: unknown) => error,
      ),
    );
    control.abort(reason);
    await Promise.all(ends);
    for (const end of await Promise.all(waits))
      expect(['answered', reason, expect.objectContaining({ kind: 'refused' })]).toContainEqual(end);
    await expect(alice.chat.send('x', { signal })).rejects.toBe(reason);
    await alice.chat.send('goes on');
  });
});

describe('after the end', () => {
  it('what waited has ended, and what is begun ends at once', async () => {
    const here = { host: sandbox.url, room: 'ending' };
    const late = await join(here);
    const hasTrack = nextEvent(late, 'trackAdded');
    const other = await join(here);
    other.addTrack({ kind: 'audio' });
    const { track } = await hasTrack;
    await late.bridge.opened();
    const { session } = late;
    await late.nextSession();
    const streams = (): AsyncIterator<unknown>[] => [
      late.chat.messages(),
      late.xmpp.stanzas(),
      late.bridge.messages(),
      late.bridge.rawMessages(),
      track.frames(),
      track.packets(),
    ];
    const early = streams().map(untilDone);
    const waits = [late.nextSession(), late.chat.send('never reflected')];
    sandbox.faults.delay(60_000);
    waits.push(late.chat.send('never reflected'));
    waits.push(
      late.xmpp.request(
        xml('jabber:client', 'iq', { type: 'get' }, xml('urn:xmpp:ping', 'ping')),
      ) as Promise<never>,
    );
    const codes = Promise.allSettled(waits);
    const left = late.leave();
    sandbox.faults.dropSocket(late.endpointId);
    sandbox.faults.delay(0);
    await left;
    await Promise.all(early);
    for (const outcome of await codes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'connection' });

    await Promise.all(streams().map(untilDone));
    await expect(late.nextSession()).rejects.toMatchObject({ code: 'conference-ended' });
    await expect(late.bridge.opened()).rejects.toMatchObject({ code: 'bridge-closed' });
    await expect(late.bridge.drained()).rejects.toMatchObject({ code: 'bridge-closed' });
    await expect(session?.openBridge()).rejects.toMatchObject({ code: 'session-ended' });
    const iq = xml('jabber:client', 'iq', { type: 'get' });
    await expect(late.xmpp.request(iq)).rejects.toMatchObject({ code: 'not-joined' });
    await expect(late.chat.send('x')).rejects.toMatchObject({ code: 'not-joined' });
    const refused = expect.objectContaining({ kind: 'connection', code: 'not-joined' });
    expect(() => late.addTrack({ kind: 'audio' })).toThrow(refused);
    expect(() => late.requestVideo(180)).toThrow(refused);
    expect(() => late.requestAudio({ all: true })).toThrow(refused);
    expect(() => late.chat.setSubject('x')).toThrow(refused);
    expect([late.raiseHand(), late.lowerHand(), late.setNick('x'), late.setProperty('a', 'b')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    await late.leave();
    await other.leave();
  });
});

async function untilDone(stream: AsyncIterator<unknown>): Promise<void> {
  while (!(await stream.next()).done);
}
