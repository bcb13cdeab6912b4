/** Plan B through the embedded deployment: a peer connection that knows it, those that do not, and what to do about it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isPlanBError,
  join,
  joinSession,
  type MediaSession,
  type W3cPeerConnection,
} from '../../../src/index.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { builtInClip } from '../../../src/media/clips/load-clip.ts';
import { sendClip } from '../../../src/media/clips/send-clip.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { attributes, parseMediaLine, parseSdp } from '../../../src/sdp/sdp.ts';
import { waitFor } from '../../support/wait.ts';
import { openWeriftPeerConnection } from '../../support/werift-peer-connection.ts';
import { openWrtcPeerConnection } from '../../support/wrtc-peer-connection.ts';

const picture = await builtInClip('picture');

let sandbox: Sandbox;
let rooms = 0;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

/** Two that send, and one that brings a peer connection of its own. */
async function scene() {
  rooms += 1;
  const meeting = { host: sandbox.url, room: `planb${rooms}`, sessionTimeout: 30_000 };
  const others = await Promise.all(['Bob', 'Carol'].map((nick) => join({ ...meeting, nick })));
  const sent = others.map((other) => {
    const track = other.addTrack({ kind: 'video' });
    return { track, clip: sendClip(track, picture, systemClock) };
  });
  const alice = await joinSession({ ...meeting, nick: 'Alice' });
  const { session } = alice;
  if (!session) throw new Error('there is no session');
  const names = sent.map(({ track }) => track.sourceName);
  await waitFor(() => names.every((name) => session.sources.some((source) => source.name === name)), {
    what: 'sources of the others',
  });
  return {
    alice,
    session,
    sent,
    others,
    ssrcOf: (name: string) => session.sources.find((source) => source.name === name)?.ssrc ?? 0,
    async end() {
      for (const { clip } of sent) clip.stop();
      await Promise.all([alice, ...others].map((conference) => conference.leave()));
    },
  };
}

function videoSsrcs(sdp: string): string[] {
  const lines = parseSdp(sdp).media.find((each) => parseMediaLine(each).kind === 'video') ?? [];
  return attributes(lines, 'ssrc').map((value) => value.split(' ')[0] ?? '');
}

/** As docs/guide/own-peer-connection.md has it. */
async function acceptEitherWay(
  session: MediaSession,
  makePeer: (semantics: 'plan-b' | 'unified') => W3cPeerConnection & { close(): unknown },
) {
  const pc = makePeer('plan-b');
  try {
    await session.negotiator(pc, { semantics: 'plan-b' }).accept();
    return { pc, semantics: 'plan-b' };
  } catch (error) {
    if (!isPlanBError(error)) throw error;
    await pc.close();
  }
  const another = makePeer('unified');
  await session.negotiator(another).accept();
  return { pc: another, semantics: 'unified' };
}

describe('an offer in Plan B', () => {
  it('is taken by a peer connection that knows it, and follows sources; its answer is read', async () => {
    const { alice, end, others, sent, session, ssrcOf } = await scene();
    const pc = openWrtcPeerConnection({ sdpSemantics: 'plan-b' });
    const offered: string[] = [];
    const { setRemoteDescription } = pc;
    pc.setRemoteDescription = (description) => {
      offered.push(description.sdp);
      return setRemoteDescription.call(pc, description);
    };
    await pc.send('video');
    await pc.send('video');
    const negotiator = session.negotiator(pc, { semantics: 'plan-b' });
    await negotiator.accept();
    await session.requestVideo(720, { timeout: 60_000 });

    // One m-line of each kind, all cameras in one.
    const [sdp = ''] = offered;
    expect(parseSdp(sdp).media.map((lines) => parseMediaLine(lines).kind)).toEqual([
      'audio',
      'video',
      'application',
    ]);
    const names = sent.map(({ track }) => track.sourceName);
    expect(videoSsrcs(sdp)).toEqual(expect.arrayContaining(names.map((name) => String(ssrcOf(name)))));
    for (const name of names)
      await waitFor(async () => ((await pc.received(ssrcOf(name))).pictures ?? 0) > 5, {
        what: `pictures of ${name}`,
      });

    // The answer has two tracks of ours in one m-line: two sources.
    const [bob] = others;
    const seen = await waitFor(
      () => {
        const tracks = bob?.tracksOf(alice.endpointId) ?? [];
        return tracks.length === 2 && tracks;
      },
      { what: 'two tracks of ours' },
    );
    expect(seen.map(({ sourceName }) => sourceName).toSorted()).toEqual([
      `${alice.endpointId}-v0`,
      `${alice.endpointId}-v1`,
    ]);

    sent[0]?.track.stop();
    await waitFor(() => videoSsrcs(offered.at(-1) ?? '').length < videoSsrcs(sdp).length, {
      what: 'the end of one',
    });
    const [, second = ''] = names;
    const before = (await pc.received(ssrcOf(second))).pictures ?? 0;
    await waitFor(async () => ((await pc.received(ssrcOf(second))).pictures ?? 0) > before + 5, {
      what: 'the other goes on',
    });
    await end();
    await pc.close();
  });

  it.each([
    ['libwebrtc in Unified Plan', () => openWrtcPeerConnection(), 'it refused the offer'],
    ['werift, which silently leaves tracks out', () => openWeriftPeerConnection(), 'it took 2 of'],
  ])('is refused by one that does not: %s', async (_, open, words) => {
    const { end, session } = await scene();
    const pc = open();
    const refused = session.negotiator(pc, { semantics: 'plan-b' }).accept();
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toSatisfy(isPlanBError);
    expect(session.state).toBe('offered');
    await pc.close();
    await end();
  });

  it.each([
    [
      'plan-b',
      (semantics: string) =>
        openWrtcPeerConnection({ sdpSemantics: semantics === 'plan-b' ? 'plan-b' : 'unified-plan' }),
    ],
    ['unified', () => openWrtcPeerConnection()],
    ['unified', () => openWeriftPeerConnection()],
  ])('is tried first, and what comes of it is %s', async (semantics, makePeer) => {
    const { end, session } = await scene();
    const taken = await acceptEitherWay(session, makePeer);
    expect(taken.semantics).toBe(semantics);
    await waitFor(() => taken.pc.connectionState === 'connected', { what: 'the connection' });
    await end();
    await taken.pc.close();
  });
});
