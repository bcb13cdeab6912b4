/** Tracks through the embedded deployment, over real sockets: sent, received, muted, and over a bridge that moves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Conference,
  join,
  type JoinOptions,
  joinSession,
  type LocalTrack,
  type RemoteFrame,
  type RemoteTrack,
} from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';
import { waitFor } from '../../support/wait.ts';

let sandbox: Sandbox;
let rooms = 0;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

async function pair(options: Partial<JoinOptions> = {}): Promise<[Conference, Conference]> {
  rooms += 1;
  const shared = { host: sandbox.url, room: `tracks${rooms}`, ...options };
  return Promise.all([join({ ...shared, nick: 'Alice' }), join({ ...shared, nick: 'Bob' })]);
}

async function leave(...conferences: Conference[]): Promise<void> {
  await Promise.all(conferences.map((conference) => conference.leave()));
}

/** Sends frames like a camera's until it is stopped: a key frame when it is asked for, and every second. */
function film(track: LocalTrack): () => void {
  let count = 0;
  let isKeyFrameWanted = true;
  track.on('keyFrameRequested', () => {
    isKeyFrameWanted = true;
  });
  const timer = setInterval(() => {
    const keyFrame = isKeyFrameWanted || count % 30 === 0;
    count += 1;
    const head = keyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00] : [0x11, 0, 0];
    const data = new Uint8Array(keyFrame ? 5_000 : 1_500);
    data.set(head);
    if (track.send({ data, timestamp: count * 33, keyFrame })) isKeyFrameWanted = false;
  }, 33);
  return () => clearInterval(timer);
}

/** Speech, as far as the bridge can tell. */
function speak(track: LocalTrack): () => void {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    track.send({
      data: new Uint8Array(80).fill(count).with(0, 0xf8), // one frame of 20 ms
      timestamp: count * 20,
      audioLevel: { level: 10 + (count % 20), voice: true },
    });
  }, 20);
  return () => clearInterval(timer);
}

async function trackOf(conference: Conference, sourceName: string): Promise<RemoteTrack> {
  for (;;) {
    const track = conference.tracks.get(sourceName);
    if (track) return track;
    await nextEvent(conference, 'trackAdded');
  }
}

/** Reads so many frames. */
async function read(track: RemoteTrack, count: number): Promise<RemoteFrame[]> {
  const frames: RemoteFrame[] = [];
  for await (const frame of track.frames()) if (frames.push(frame) === count) break;
  return frames;
}

describe('tracks', () => {
  it('of one arrive at the other, who asks for them', async () => {
    const [alice, bob] = await pair();
    const began = Date.now();
    const video = alice.addTrack({ kind: 'video' });
    const audio = alice.addTrack({ kind: 'audio' });
    const ends = [film(video), speak(audio)];
    const speaker = nextEvent(bob, 'dominantSpeakerChanged');
    const heard = await trackOf(bob, audio.sourceName);
    expect((await read(heard, 10)).map(({ codec, keyFrame }) => `${codec} ${keyFrame}`)).toContain(
      'opus true',
    );
    const seen = await trackOf(bob, video.sourceName);
    expect(seen.statistics.packets).toBe(0);
    bob.requestVideo(720);
    const frames = await read(seen, 30);
    expect(frames[0]).toMatchObject({ codec: 'vp8', width: 320, height: 180, keyFrame: true });
    const [first, last] = [frames[0]?.timestamp ?? 0, frames[29]?.timestamp ?? 0];
    expect(last - first).toBeGreaterThan(29 * 30);
    // When it was captured, in the time of day.
    expect(last).toBeGreaterThan(began);
    expect(last).toBeLessThan(Date.now() + 1_000);
    const captured = frames.map(({ captureTime }) => captureTime);
    expect(captured).toEqual([...captured].sort((one, other) => one - other));
    expect(captured[0]).toBeGreaterThan(began);
    expect(captured[29]).toBeLessThan(Date.now() + 1_000);
    expect(seen.statistics).toMatchObject({ lost: 0, codec: 'vp8', height: 180 });
    expect(heard.statistics).toMatchObject({ lost: 0, codec: 'opus' });
    expect(seen).toMatchObject({ endpointId: alice.endpointId, muted: false, videoType: 'camera' });
    expect((await speaker).endpointId).toBe(alice.endpointId);
    expect(bob.dominantSpeaker).toBe(alice.endpointId);
    expect(bob.tracksOf(alice.endpointId)).toEqual([seen, heard]);
    const her = bob.participants.get(alice.endpointId);
    expect(her).toMatchObject({ audioMuted: false, videoMuted: false, sharing: false, connection: 'active' });
    expect([bob.audioOf(alice.endpointId), her && bob.videoOf(her)]).toEqual([heard, seen]);
    expect(bob.videoOf(alice.endpointId, 'desktop')).toBeUndefined();
    await waitFor(() => bob.participants.get(alice.endpointId)?.talking === true, { what: 'alice talking' });
    for (const end of ends) end();
    await leave(alice, bob);
    expect([seen.isRemoved, video.isStopped]).toEqual([true, true]);
  });

  it('come late, are muted, and go', async () => {
    const [alice, bob] = await pair();
    bob.requestVideo(720);
    await Promise.all([alice.bridge.opened(), bob.bridge.opened()]);
    const camera = alice.addTrack({ kind: 'video' });
    const screen = alice.addTrack({ kind: 'video', videoType: 'desktop' });
    const ends = [film(camera), film(screen)];
    const [seenCamera, seenScreen] = await Promise.all([
      trackOf(bob, camera.sourceName),
      trackOf(bob, screen.sourceName),
    ]);
    await Promise.all([read(seenCamera, 5), read(seenScreen, 5)]);
    expect(seenScreen.videoType).toBe('desktop');
    expect(bob.videoOf(alice.endpointId, 'desktop')).toBe(seenScreen);
    expect(bob.participants.get(alice.endpointId)?.sharing).toBe(true);

    const muted = nextEvent(bob, 'trackMuted');
    camera.mute();
    expect((await muted).track).toBe(seenCamera);
    const unmuted = nextEvent(bob, 'trackUnmuted');
    camera.unmute();
    expect((await unmuted).track).toBe(seenCamera);
    expect((await read(seenCamera, 5))[0]?.keyFrame).toBe(true);

    const removed = nextEvent(bob, 'trackRemoved');
    screen.stop();
    expect((await removed).track).toBe(seenScreen);
    // The name is free for another.
    const added = nextEvent(bob, 'trackAdded');
    const again = alice.addTrack({ kind: 'video', videoType: 'desktop' });
    expect((await added).track).toMatchObject({ sourceName: again.sourceName, ssrc: again.ssrc });
    for (const end of ends) end();
    await leave(alice, bob);
  });

  it('are not sent while nobody wants them', async () => {
    const [alice, bob] = await pair();
    const track = alice.addTrack({ kind: 'video' });
    const end = film(track);
    const constrained = new Promise<number>((resolve) => {
      track.on('constraintsChanged', ({ maxHeight }) => {
        if (maxHeight > 0) resolve(maxHeight);
      });
    });
    bob.requestVideo(360);
    expect(await constrained).toBe(360);
    await read(await trackOf(bob, track.sourceName), 5);
    const unwanted = new Promise<void>((resolve) => {
      track.on('constraintsChanged', ({ maxHeight }) => {
        if (maxHeight === 0) resolve();
      });
    });
    bob.requestVideo(0);
    await unwanted;
    expect(track.isWanted).toBe(false);
    end();
    await leave(alice, bob);
  });

  it('go on over bridges that move', async () => {
    const [alice, bob] = await pair();
    const sessions: string[] = [];
    bob.on('sessionAccepted', ({ session }) => sessions.push(session.sid));
    const track = alice.addTrack({ kind: 'video' });
    const end = film(track);
    bob.requestVideo(720);
    const seen = await trackOf(bob, track.sourceName);
    const removed: string[] = [];
    bob.on('trackRemoved', ({ track: { sourceName } }) => removed.push(sourceName));
    const frames = seen.frames();
    await frames.next();
    for (const endpointId of [undefined, alice.endpointId, bob.endpointId]) {
      const before = seen.statistics.packets;
      const [accepted] = [nextEvent(endpointId === alice.endpointId ? alice : bob, 'sessionAccepted')];
      sandbox.faults.moveBridge(bob.room, endpointId);
      await accepted;
      let count = 0;
      while (count < 10) {
        expect((await frames.next()).done).toBe(false);
        if (seen.ssrc !== undefined) count += 1;
      }
      expect(seen.statistics.packets).toBeGreaterThan(before);
    }
    expect(bob.tracks.get(track.sourceName)).toBe(seen);
    expect(removed).toEqual([]);
    expect(sessions.length).toBeGreaterThanOrEqual(3);
    end();
    await leave(alice, bob);
  });

  it('are announced again when somebody comes back, after a session that expired', async () => {
    await using lonely = await createSandbox({ timeouts: { singleParticipant: 300 } });
    const options = { host: lonely.url, room: 'lonely' };
    const [alice, bob] = await Promise.all([
      join({ ...options, nick: 'Alice' }),
      join({ ...options, nick: 'Bob' }),
    ]);
    const track = alice.addTrack({ kind: 'video' });
    const stop = film(track);
    bob.requestVideo(720);
    await read(await trackOf(bob, track.sourceName), 5);
    const ended = nextEvent(alice, 'sessionEnded');
    await bob.leave();
    expect((await ended).end).toMatchObject({ reason: 'expired', nextOffer: 'later' });
    expect(track).toMatchObject({ isStopped: false, isWanted: false });

    await using carol = await join({ ...options, nick: 'Carol' });
    carol.requestVideo(720);
    const seen = await trackOf(carol, track.sourceName);
    await read(seen, 5);
    expect(seen.ssrc).toBe(track.ssrc);
    stop();
    await alice.leave();
  });

  it('come on SSRCs of the bridge where that is asked for', async () => {
    const [alice, bob] = await pair({ ssrcRewriting: true });
    const video = alice.addTrack({ kind: 'video' });
    const audio = alice.addTrack({ kind: 'audio' });
    const ends = [film(video), speak(audio)];
    bob.requestVideo(720);
    const [seen, heard] = await Promise.all([trackOf(bob, video.sourceName), trackOf(bob, audio.sourceName)]);
    await Promise.all([read(seen, 10), read(heard, 10)]);
    expect(seen.ssrc).not.toBe(video.ssrc);
    for (const end of ends) end();
    await leave(alice, bob);
  });

  it('work in sessions that one accepts oneself', async () => {
    rooms += 1;
    const options = { host: sandbox.url, room: `tracks${rooms}` };
    const [alice, bob] = await Promise.all([
      joinSession({ ...options, nick: 'Alice' }),
      joinSession({ ...options, nick: 'Bob' }),
    ]);
    const track = alice.addTrack({ kind: 'video' });
    bob.requestVideo({ maxHeight: 360, lastN: 2 });
    const end = film(track);
    await Promise.all([alice.session?.connect(), bob.session?.connect()]);
    await read(await trackOf(bob, track.sourceName), 5);
    // The channel that this has opened is the session's.
    expect((await bob.session?.openBridge())?.state).toBe('open');
    await alice.session?.requestVideo(180);
    expect((await alice.session?.openBridge())?.state).toBe('open');
    end();
    await leave(alice, bob);
  });
});
