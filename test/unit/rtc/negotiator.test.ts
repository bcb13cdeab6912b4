/** A session on a peer connection of the caller's: what is offered to it, and what the focus is told. */
import { describe, expect, it } from 'vitest';
import { type JitsiError, MediaError } from '../../../src/base/errors.ts';
import { withResolvers } from '../../../src/base/resolvers.ts';
import type { IceTransport, JingleMessage, Source, SourceSet } from '../../../src/jingle/model.ts';
import { transportOf } from '../../../src/jingle/jingle.ts';
import type { SourceState } from '../../../src/jitsi/source-info.ts';
import type { NegotiatedSession } from '../../../src/rtc/negotiator/negotiated-session.ts';
import { Negotiator, type NegotiatorOptions } from '../../../src/rtc/negotiator/negotiator.ts';
import type { SourceChange } from '../../../src/sdp/local-sources.ts';
import { parseSdp } from '../../../src/sdp/sdp.ts';
import { FakePeerConnection } from '../../support/fake-peer-connection.ts';
import { caseModel } from '../../support/jingle-cases.ts';

const offer = caseModel('worked-example.session-initiate');
const none: SourceSet = { sources: [], groups: [] };
const credentials = { ufrag: 'new', pwd: 'other', iceGeneration: 1 };

/** Somebody's camera; SSRCs count up. */
function camera(ssrc: number): Source {
  const owner = `p${ssrc}`;
  return { ssrc, mediaType: 'video', owner, name: `${owner}-v0`, msid: `${owner}-video-0-1 t-1` };
}

/** A session whose focus says yes. */
class FakeSession implements NegotiatedSession {
  readonly sid = offer.sid;
  readonly endpointId = 'me';
  readonly sent: string[] = [];
  readonly trickled: IceTransport[] = [];
  readonly warnings: JitsiError[] = [];
  presented: readonly SourceState[] = [];
  accepted: JingleMessage | undefined;
  refusal: Error | undefined;
  #sourceListener: ((change: SourceChange) => void) | undefined;
  #transportListener: ((transport: IceTransport) => void) | undefined;
  #endListener: (() => void) | undefined;

  currentOffer(): JingleMessage {
    return offer;
  }

  async accept(accept: JingleMessage): Promise<void> {
    this.accepted = accept;
    this.#say('accept', accept.sources);
  }

  async addSources(sources: SourceSet): Promise<void> {
    this.#say('add', sources);
  }

  async removeSources(sources: SourceSet): Promise<void> {
    this.#say('remove', sources);
  }

  async trickle(transport: IceTransport): Promise<void> {
    this.trickled.push(transport);
  }

  async restartIce(): Promise<void> {
    this.#say('restart-ice', none);
    this.transport({ ...this.transportNow(), ...credentials });
  }

  terminate(): void {
    this.sent.push('terminate');
  }

  present(sources: readonly SourceState[]): void {
    this.presented = sources;
  }

  onSources = (listener: (change: SourceChange) => void) => {
    this.#sourceListener = listener;
    return () => (this.#sourceListener = undefined);
  };

  onRemoteTransport = (listener: (transport: IceTransport) => void) => {
    this.#transportListener = listener;
    return () => (this.#transportListener = undefined);
  };

  onEnded = (listener: () => void) => {
    this.#endListener = listener;
    return () => (this.#endListener = undefined);
  };

  warn(error: JitsiError): void {
    this.warnings.push(error);
  }

  add(...sources: Source[]): void {
    this.#sourceListener?.({ added: { sources, groups: [] }, removed: none });
  }

  remove(...sources: Source[]): void {
    this.#sourceListener?.({ added: none, removed: { sources, groups: [] } });
  }

  transport(transport: IceTransport): void {
    this.#transportListener?.(transport);
  }

  transportNow(): IceTransport {
    const transport = transportOf(offer);
    if (!transport) throw new Error('the offer has no transport');
    return transport;
  }

  end(): void {
    this.#endListener?.();
  }

  get isFollowed(): boolean {
    return [this.#sourceListener, this.#transportListener, this.#endListener].some(Boolean);
  }

  #say(what: string, { sources }: SourceSet): void {
    this.sent.push([what, ...sources.map(({ name, ssrc }) => `${name}:${ssrc}`)].join(' '));
    if (this.refusal) throw this.refusal;
  }
}

interface Scene {
  pc: FakePeerConnection;
  session: FakeSession;
  negotiator: Negotiator;
}

function scene(options?: NegotiatorOptions): Scene {
  const pc = new FakePeerConnection();
  const session = new FakeSession();
  return { pc, session, negotiator: new Negotiator(pc, session, options) };
}

async function accepted(): Promise<Scene> {
  const all = scene();
  await all.negotiator.accept();
  return all;
}

/** The SSRCs in the last offer, beside those of the first. */
const offeredSsrcs = ({ offers }: FakePeerConnection): number[] =>
  [...(offers.at(-1) ?? '').matchAll(/^a=ssrc:(\d+)/gm)]
    .map(([, ssrc]) => Number(ssrc))
    .filter((n) => n < 100_000);

/** All that can be done without the outside world is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('sources of others', () => {
  it('come and go by renegotiation', async () => {
    const { negotiator, pc, session } = await accepted();
    expect(pc.offers).toHaveLength(1);
    session.add(camera(7));
    await settled();
    expect([pc.offers.length, offeredSsrcs(pc)]).toEqual([2, [7]]);
    const mid = String(parseSdp(pc.offers[1] ?? '').media.length - 1);
    expect(negotiator.sourcesOf(mid)).toEqual([camera(7)]);
    session.remove(camera(7));
    await settled();
    expect([pc.offers.length, offeredSsrcs(pc)]).toEqual([3, []]);
    // The next one gets the m-line.
    session.add(camera(8));
    await settled();
    expect(negotiator.sourcesOf(mid)).toEqual([camera(8)]);
    expect(session.sent).toEqual(['accept']);
    expect(session.warnings).toEqual([]);
  });

  it('that come while a renegotiation goes on are all in the next one', async () => {
    const { pc, session } = await accepted();
    const taken = withResolvers();
    pc.onOffer = () => taken.promise;
    for (let ssrc = 1; ssrc <= 200; ssrc++) session.add(camera(ssrc));
    await settled();
    for (let ssrc = 201; ssrc <= 400; ssrc++) session.add(camera(ssrc));
    for (let ssrc = 1; ssrc <= 50; ssrc++) session.remove(camera(ssrc));
    taken.resolve();
    await settled();
    expect(pc.offers).toHaveLength(3);
    expect(offeredSsrcs(pc)).toHaveLength(350);
  });

  it('cost in proportion to how many there are, also one by one while others are negotiated', async () => {
    /** Bytes of all offers, for sources that come eight at a time while a peer connection needs a while for each offer. */
    const bytesFor = async (count: number): Promise<number> => {
      const { pc, session } = await accepted();
      const first = pc.offers[0]?.length ?? 0;
      let ssrc = 0;
      const more = (): void => {
        for (let few = 0; few < count / 8; few++) session.add(camera((ssrc += 1)));
      };
      more();
      pc.onOffer = () => {
        if (ssrc < count) more();
      };
      await settled();
      const isDone = (): boolean => ssrc >= count && offeredSsrcs(pc).length === count;
      while (!isDone()) await settled();
      return pc.offers.reduce((sum, sdp) => sum + sdp.length - first, 0);
    };
    const [some, twice] = [await bytesFor(40), await bytesFor(80)];
    expect(twice / some).toBeLessThan(2.2);
  });

  it('that come before the focus has taken the accept are not forgotten', async () => {
    const { negotiator, pc, session } = scene();
    pc.onOffer = () => pc.offers.length === 1 && session.add(camera(7));
    await negotiator.accept();
    await settled();
    expect(offeredSsrcs(pc)).toEqual([7]);
  });

  it('that the peer connection refuses are a warning, and tried again with the next', async () => {
    const { pc, session } = await accepted();
    pc.onOffer = () => Promise.reject(new Error('not now'));
    session.add(camera(7));
    await settled();
    expect(session.warnings).toMatchObject([{ code: 'negotiation-failed' }]);
    pc.onOffer = () => {};
    session.add(camera(8));
    await settled();
    expect(offeredSsrcs(pc)).toEqual([7, 8]);
    expect(session.warnings).toHaveLength(1);
  });

  it('are nobody’s business once the peer connection is closed, or the negotiator', async () => {
    const { pc, session } = await accepted();
    pc.connectionState = 'closed';
    session.add(camera(7));
    await settled();
    expect([pc.offers.length, pc.listeners, session.isFollowed]).toEqual([1, 0, false]);
    const other = await accepted();
    other.negotiator.close();
    other.session.add(camera(7));
    await settled();
    expect([other.pc.offers.length, other.session.isFollowed]).toEqual([1, false]);
    expect([...session.warnings, ...other.session.warnings]).toEqual([]);
  });
});

describe('tracks of ours', () => {
  it('are in the accept, as many as there are', async () => {
    const { negotiator, pc, session } = scene();
    pc.addTrack({ kind: 'audio', ssrc: 11 });
    pc.addTrack({ kind: 'video', ssrc: 12 });
    pc.addTrack({ kind: 'video', ssrc: 13 });
    await negotiator.accept();
    expect(session.sent).toEqual(['accept me-a0:11 me-v0:12 me-v1:13']);
    expect(session.presented.map(({ name, muted }) => [name, muted])).toEqual([
      ['me-a0', false],
      ['me-v0', false],
      ['me-v1', false],
    ]);
  });

  it('that come later are announced by syncSources, and taken back when they are not sent any more', async () => {
    const { negotiator, pc, session } = await accepted();
    for (const ssrc of [21, 22]) pc.addTrack({ kind: 'video', ssrc });
    await negotiator.syncSources();
    expect(session.sent).toEqual(['accept', 'add me-v0:21 me-v1:22']);
    pc.removeTrack(21);
    await negotiator.syncSources();
    // A name is kept as long as its track, and free afterwards.
    pc.addTrack({ kind: 'video', ssrc: 23 });
    await negotiator.syncSources({ videoType: 'desktop' });
    expect(session.sent.slice(2)).toEqual(['remove me-v0:21', 'add me-v0:23']);
    expect(session.presented).toEqual([
      { name: 'me-v1', mediaType: 'video', muted: false, videoType: 'camera' },
      { name: 'me-v0', mediaType: 'video', muted: false, videoType: 'desktop' },
    ]);
  });

  it('are sent on another’s m-line where the peer connection has put them there, and stay when the other goes', async () => {
    const { negotiator, pc, session } = await accepted();
    session.add(camera(7));
    await settled();
    // The first of the kind, that of the other participant in the offer, and that of the camera.
    for (const ssrc of [21, 22, 23]) pc.addTrack({ kind: 'video', ssrc });
    await negotiator.syncSources();
    expect(session.sent.at(-1)).toBe('add me-v0:21 me-v1:22 me-v2:23');
    session.remove(camera(7));
    await settled();
    expect(session.sent).toHaveLength(2);
  });

  it('are announced by a renegotiation that others have caused, too', async () => {
    const { pc, session } = await accepted();
    pc.addTrack({ kind: 'audio', ssrc: 31 });
    session.add(camera(7));
    await settled();
    expect(session.sent.at(-1)).toBe('add me-a0:31');
  });

  it('are announced from a description of the caller’s own, once', async () => {
    const { negotiator, pc, session } = await accepted();
    const sdp = (pc.localDescription?.sdp ?? '').replace(
      /(a=mid:0\r\n[^]*?)a=recvonly\r\n/,
      '$1a=sendrecv\r\na=ssrc:41 msid:- x\r\n',
    );
    await negotiator.sendSourceAddFromSdp(sdp);
    await negotiator.sendSourceAddFromSdp(sdp);
    expect(session.sent).toEqual(['accept', 'add me-a0:41']);
    await expect(negotiator.sendSourceAddFromSdp('hello')).rejects.toMatchObject({ code: 'sdp-malformed' });
    await expect(negotiator.sendSourceAddFromSdp(undefined as never)).rejects.toMatchObject({
      code: 'argument-invalid',
    });
  });

  it('are muted in presence, for as long as they are there', async () => {
    const { negotiator, pc, session } = await accepted();
    pc.addTrack({ kind: 'audio', ssrc: 71 });
    await negotiator.syncSources();
    expect(negotiator.sources).toMatchObject([{ name: 'me-a0', ssrc: 71 }]);
    negotiator.setMuted('me-a0', true);
    expect(session.presented).toEqual([{ name: 'me-a0', mediaType: 'audio', muted: true }]);
    pc.addTrack({ kind: 'video', ssrc: 72 });
    await negotiator.syncSources();
    expect(session.presented.map(({ muted }) => muted)).toEqual([true, false]);
    negotiator.setMuted('me-a0', false);
    expect(session.presented.map(({ muted }) => muted)).toEqual([false, false]);
    negotiator.setMuted('me-a0', true);
    pc.removeTrack(71);
    await negotiator.syncSources();
    pc.addTrack({ kind: 'audio', ssrc: 73 });
    await negotiator.syncSources();
    expect(session.presented.map(({ name, muted }) => `${name} ${muted}`)).toEqual([
      'me-v0 false',
      'me-a0 false',
    ]);
    expect(() => negotiator.setMuted('me-v7', true)).toThrow(/no source me-v7/);
  });

  it('whose retransmissions are named in their group only are announced with them', async () => {
    const { negotiator, pc, session } = await accepted();
    const lines = ['a=sendrecv', 'a=ssrc-group:FID 42 43', 'a=ssrc:42 msid:- x', ''].join('\r\n');
    const sdp = (pc.localDescription?.sdp ?? '').replace(/(a=mid:2\r\n[^]*?)a=recvonly\r\n/, `$1${lines}`);
    await negotiator.sendSourceAddFromSdp(sdp);
    // As a source-add, which the focus refuses with a group of unknown sources.
    expect(session.sent).toEqual(['accept', 'add me-v0:42 me-v0:43']);
  });

  it('that no offer can be for are told', async () => {
    const { negotiator, pc } = await accepted();
    pc.addTransceiver({ kind: 'video', ssrc: 51 });
    await expect(negotiator.syncSources()).rejects.toMatchObject({ code: 'track-not-negotiated' });
    const { length } = parseSdp(pc.offers.at(-1) ?? '').media;
    await expect(negotiator.syncSources()).rejects.toThrow(/addTrack\(\)/);
    expect(parseSdp(pc.offers.at(-1) ?? '').media).toHaveLength(length);
  });

  it('that the focus refuses are the caller’s error, and announced again the next time', async () => {
    const { negotiator, pc, session } = await accepted();
    pc.addTrack({ kind: 'audio', ssrc: 61 });
    session.refusal = new MediaError('no', { code: 'sources-refused' });
    await expect(negotiator.syncSources()).rejects.toBe(session.refusal);
    session.refusal = undefined;
    await negotiator.syncSources();
    expect(session.sent.slice(1)).toEqual(['add me-a0:61', 'add me-a0:61']);
    expect(session.warnings).toEqual([]);
  });
});

describe('ICE', () => {
  const line = (port: number): string => `candidate:1 1 udp 2130706431 10.0.0.1 ${port} typ host`;

  it('candidates of ours wait for the accept, those of the bridge are passed on once', async () => {
    const { negotiator, pc, session } = scene();
    const accepting = negotiator.accept();
    pc.find(line(1));
    await accepting;
    pc.find(null);
    pc.find('candidate:nonsense');
    pc.find(line(2));
    await settled();
    expect(session.trickled.map(({ candidates }) => candidates.map(({ port }) => port))).toEqual([[], [2]]);
    const transport = session.transportNow();
    const [known] = transport.candidates;
    if (!known) throw new Error('the offer has no candidates');
    for (const port of [known.port, 7, 7])
      session.transport({ ...transport, candidates: [{ ...known, port }] });
    expect(pc.candidates).toHaveLength(1);
  });

  it('is restarted by the bridge, and by us: new credentials both ways, of its generation', async () => {
    const { negotiator, pc, session } = await accepted();
    const [known] = session.transportNow().candidates;
    session.transport({ ...session.transportNow(), ...credentials });
    await settled();
    expect(pc.offers.at(-1)).toContain('a=ice-ufrag:new\r\na=ice-pwd:other\r\n');
    expect(pc.offers.at(-1)).not.toContain('a=candidate');
    expect(pc.candidates).toHaveLength(session.transportNow().candidates.length);
    expect(known).toBeDefined();
    expect(session.trickled).toMatchObject([{ ufrag: 'ours1', iceGeneration: 1, candidates: [] }]);
    pc.find(line(3));
    await settled();
    expect(session.trickled[1]).toMatchObject({
      ufrag: 'ours1',
      iceGeneration: 1,
      candidates: [{ port: 3 }],
    });

    const second = await accepted();
    await second.negotiator.restartIce();
    expect(second.session.sent).toEqual(['accept', 'restart-ice']);
    expect(second.session.trickled).toMatchObject([{ ufrag: 'ours1', iceGeneration: 1 }]);
    expect([...session.warnings, ...second.session.warnings]).toEqual([]);
    expect(negotiator).toBeDefined();
  });

  it('that restarts while the peer connection refuses is restarted with the next offer', async () => {
    const { pc, session } = await accepted();
    pc.onOffer = () => Promise.reject(new Error('not now'));
    session.transport({ ...session.transportNow(), ...credentials });
    await settled();
    expect([session.warnings.length, session.trickled.length]).toEqual([1, 0]);
    pc.onOffer = () => {};
    session.add(camera(7));
    await settled();
    expect(session.trickled).toMatchObject([{ iceGeneration: 1 }]);
  });

  it('that restarts while the focus refuses our credentials is restarted with the next offer', async () => {
    const { negotiator, session } = await accepted();
    const { trickle } = session;
    session.trickle = () => Promise.reject(new MediaError('no', { code: 'trickle-refused' }));
    await expect(negotiator.restartIce()).rejects.toMatchObject({ code: 'trickle-refused' });
    session.trickle = trickle;
    session.add(camera(7));
    await settled();
    expect(session.trickled).toMatchObject([{ ufrag: 'ours1', iceGeneration: 1 }]);
  });
});

describe('the end', () => {
  it('of a session ends whatever waits, even for a peer connection that never answers', async () => {
    const { negotiator, pc, session } = await accepted();
    pc.onOffer = () => new Promise(() => {});
    const waiting = [negotiator.syncSources(), negotiator.sendSourceAddFromSdp('v=0\r\n')];
    session.add(camera(7));
    await settled();
    session.end();
    for (const result of await Promise.allSettled(waiting))
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'session-ended' } });
    await expect(negotiator.syncSources()).rejects.toMatchObject({ code: 'session-ended' });
    expect([pc.listeners, session.isFollowed, session.warnings]).toEqual([0, false, []]);
  });

  it('is ours to ask for', async () => {
    const { negotiator, session } = await accepted();
    negotiator.terminate();
    expect(session.sent).toEqual(['accept', 'terminate']);
    expect(session.isFollowed).toBe(false);
  });
});

describe('calls that come too early or twice', () => {
  it('say so', async () => {
    const { negotiator, session } = scene();
    const early = { code: 'session-state' };
    await expect(negotiator.syncSources()).rejects.toMatchObject(early);
    await expect(negotiator.restartIce()).rejects.toMatchObject(early);
    await expect(negotiator.sendSourceAddFromSdp('v=0\r\n')).rejects.toMatchObject(early);
    expect(negotiator.sourcesOf('0')).toEqual([]);
    await negotiator.accept();
    await expect(negotiator.accept()).rejects.toMatchObject(early);
    expect(session.sent).toEqual(['accept']);
  });
});

describe('Plan B', () => {
  it('is refused by a peer connection that does not know it, and the session is left as it was', async () => {
    const { negotiator, pc, session } = scene({ semantics: 'plan-b' });
    await expect(negotiator.accept()).rejects.toMatchObject({ name: 'PlanBError', code: 'plan-b-refused' });
    expect([session.sent, pc.listeners, session.isFollowed]).toEqual([[], 0, false]);
    const another = new Negotiator(new FakePeerConnection(), session);
    await another.accept();
    expect(session.sent).toEqual(['accept']);
  });

  it('is refused where tracks are silently left out', async () => {
    const { negotiator, pc } = scene({ semantics: 'plan-b' });
    pc.setRemoteDescription = async () => {};
    await expect(negotiator.accept()).rejects.toThrow(/took 0 of \d+ tracks/);
  });
});
