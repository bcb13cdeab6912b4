/** What a caller's own peer connection has to do, whoever made it: the same cases for each kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import {
  type Bridge,
  type Conference,
  join,
  joinSession,
  type LocalTrack,
  type MediaSession,
  type Negotiator,
} from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import type { MediaType } from '../../src/jingle/model.ts';
import { builtInClip } from '../../src/media/clips/load-clip.ts';
import { sendClip } from '../../src/media/clips/send-clip.ts';
import type { W3cPeerConnection } from '../../src/rtc/w3c-peer-connection.ts';
import { attribute, directionOf, parseSdp } from '../../src/sdp/sdp.ts';
import { nextEvent } from './next-event.ts';
import { waitFor } from './wait.ts';

const [picture, speech] = await Promise.all([builtInClip('picture'), builtInClip('speech')]);

/** A peer connection with what a test does to it beside negotiating. */
export interface TestedPeerConnection extends W3cPeerConnection {
  close(): unknown;
  /** RTP packets that came with this SSRC, and where it decodes, pictures. */
  received(ssrc: number): Promise<{ packets: number; pictures?: number }>;
  /** Adds a track with `addTrack`, and sends on it until it is removed. */
  send(kind: MediaType): Promise<void>;
  /** `removeTrack` for what {@link send} has added last. */
  stopSending(): Promise<void>;
}

export interface PeerConnectionMaker {
  open(): Promise<TestedPeerConnection>;
}

export function describePeerConnections(name: string, maker: () => PeerConnectionMaker): void {
  describe(name, () => {
    let sandbox: Sandbox;
    let rooms = 0;
    beforeAll(async () => {
      sandbox = await createSandbox({ bridge: 'both' });
    });
    afterAll(() => sandbox.close());

    /** Bob is there by himself; alice brings her own peer connection. */
    async function pair(): Promise<{ alice: Conference; bob: Conference; session: MediaSession }> {
      rooms += 1;
      const meeting = { host: sandbox.url, room: `own${rooms}`, sessionTimeout: 30_000 };
      const [bob, alice] = await Promise.all([
        join({ ...meeting, nick: 'Bob' }),
        joinSession({ ...meeting, nick: 'Alice' }),
      ]);
      const { session } = alice;
      if (!session) throw new Error('there is no session');
      await bob.bridge.opened({ timeout: 60_000 });
      return { alice, bob, session };
    }

    async function talk(alice: Conference, aliceBridge: Bridge, bob: Conference): Promise<void> {
      const [atAlice, atBob] = [aliceBridge.messages(), bob.bridge.messages()];
      bob.bridge.sendMessage(alice.endpointId, { n: 1 });
      expect(await received(atAlice)).toMatchObject({ from: bob.endpointId, msgPayload: { n: 1 } });
      aliceBridge.sendMessage(bob.endpointId, { n: 2 });
      expect(await received(atBob)).toMatchObject({ from: alice.endpointId, msgPayload: { n: 2 } });
    }

    it('is negotiated, connects, and carries the prepared bridge channel', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const accepted = nextEvent(alice, 'sessionAccepted');
      session.prepareBridge(pc);
      await session.negotiator(pc).accept();
      expect((await accepted).session).toBe(session);
      const bridge = await session.openBridge({ bridge: 'sctp', timeout: 60_000 });
      expect(bridge.transport).toBe('sctp');
      expect(pc.connectionState).toBe('connected');
      await talk(alice, bridge, bob);
      await Promise.all([alice.leave(), bob.leave()]);
      expect(await bridge.closed).toMatchObject({ reason: 'session-ended' });
      await pc.close();
    });

    it('may leave bridge messages to the WebSocket', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      await session.negotiator(pc).accept();
      const bridge = await session.openBridge({ timeout: 60_000 });
      expect(bridge.transport).toBe('ws');
      await talk(alice, bridge, bob);
      await waitFor(() => pc.connectionState === 'connected', { what: 'the connection' });
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('ends the session', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const negotiator = session.negotiator(pc);
      await negotiator.accept();
      const ended = nextEvent(alice, 'sessionEnded');
      negotiator.terminate({ condition: 'success', text: 'enough' });
      expect((await ended).end).toMatchObject({ by: 'us', reason: 'success' });
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('follows sources that come and go, with media all the while', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const warnings: unknown[] = [];
      alice.on('warning', ({ error }) => warnings.push(error));
      const negotiator = session.negotiator(pc);
      await negotiator.accept();
      await session.requestVideo(720, { timeout: 60_000 });
      const received: Received = { pc, negotiator };
      const midOf = (name: string): string | undefined => lineOf(name, received);
      const flows = (...tracks: Sent[]): Promise<void> => mediaFlows(received, tracks);

      const speech = sendTo(bob, 'audio');
      await flows(speech);
      const camera = sendTo(bob, 'video');
      await flows(speech, camera);
      const freed = midOf(camera.track.sourceName);
      const carol = await join({ host: sandbox.url, room: alice.room, nick: 'Carol' });
      const other = sendTo(carol, 'video');
      await flows(speech, camera, other);
      camera.stop();
      await waitFor(() => midOf(camera.track.sourceName) === undefined, { what: 'the end of the camera' });
      await flows(speech, other);
      await waitFor(() => directionAt(pc, freed) === 'inactive', { what: 'an inactive m-line' });
      const screen = sendTo(bob, 'video', 'desktop');
      await flows(speech, other, screen);
      expect(midOf(screen.track.sourceName)).toBe(freed);
      await carol.leave();
      await waitFor(() => midOf(other.track.sourceName) === undefined, { what: "the end of carol's" });
      await flows(speech, screen);

      // And the other way round.
      await pc.send('video');
      await negotiator.syncSources();
      await bob.bridge.opened({ timeout: 60_000 });
      bob.requestVideo(720);
      const seen = await waitFor(() => bob.tracksOf(alice.endpointId)[0], { what: "alice's track" });
      expect([seen.kind, seen.sourceName, seen.muted]).toEqual(['video', `${alice.endpointId}-v0`, false]);
      await waitFor(() => seen.statistics.packets > 20, { what: "alice's media" });
      negotiator.setMuted(seen.sourceName, true);
      await waitFor(() => seen.muted, { what: "alice's muted track" });
      await flows(speech, screen);
      await pc.stopSending();
      const gone = nextEvent(bob, 'trackRemoved');
      await negotiator.syncSources();
      expect((await gone).track).toBe(seen);
      await flows(speech, screen);

      expect(warnings).toEqual([]);
      for (const each of [speech, screen]) each.stop();
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('restarts ICE in place, and media goes another way', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const warnings: unknown[] = [];
      alice.on('warning', ({ error }) => warnings.push(error));
      const negotiator = session.negotiator(pc);
      await negotiator.accept();
      const speech = sendTo(bob, 'audio');
      await mediaFlows({ pc, negotiator }, [speech]);
      const before = ufragOf(pc);
      sandbox.faults.loseWay(alice.endpointId);
      await negotiator.restartIce();
      expect(session.transport?.iceGeneration).toBe(1);
      expect(ufragOf(pc)).not.toBe(before);
      await mediaFlows({ pc, negotiator }, [speech]);
      expect(session.state).toBe('active');
      expect(warnings).toEqual([]);
      speech.stop();
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('is told what is wrong', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      await session.negotiator(pc).accept();
      expect(() => session.prepareBridge(pc)).toThrow(expect.objectContaining({ code: 'session-state' }));
      await expect(session.openBridge({ bridge: 'sctp' })).rejects.toMatchObject({
        code: 'no-bridge-channel',
      });
      await pc.close();
      await Promise.all([alice.leave(), bob.leave()]);
    });
  });
}

interface Sent {
  track: LocalTrack;
  /** Takes the source back. */
  stop(): void;
}

function sendTo(conference: Conference, kind: MediaType, videoType?: 'desktop'): Sent {
  const track = conference.addTrack({ kind, ...(videoType ? { videoType } : {}) });
  const clip = sendClip(track, kind === 'audio' ? speech : picture, systemClock);
  return {
    track,
    stop() {
      clip.stop();
      track.stop();
    },
  };
}

interface Received {
  pc: TestedPeerConnection;
  negotiator: Negotiator;
}

/** The m-line of a source, once there is one. */
function lineOf(name: string, { pc, negotiator }: Received): string | undefined {
  return parseSdp(pc.localDescription?.sdp ?? '')
    .media.flatMap((lines) => attribute(lines, 'mid') ?? [])
    .find((mid) => negotiator.sourcesOf(mid).some((source) => source.name === name));
}

/** Packets of each come, and where it decodes, pictures. */
async function mediaFlows(received: Received, tracks: readonly Sent[]): Promise<void> {
  const { pc, negotiator } = received;
  for (const { track } of tracks) {
    const { kind, sourceName } = track;
    const mid = await waitFor(() => lineOf(sourceName, received), { what: `m-line of ${sourceName}` });
    const { ssrc = 0 } = negotiator.sourcesOf(mid)[0] ?? {};
    const before = await pc.received(ssrc);
    const goesOn = async (): Promise<boolean> => {
      const { packets, pictures } = await pc.received(ssrc);
      const isSeen = kind === 'audio' || pictures === undefined || pictures > (before.pictures ?? 0);
      return packets > before.packets && isSeen;
    };
    await waitFor(goesOn, { what: `media of ${sourceName}` });
  }
}

function ufragOf(pc: W3cPeerConnection): string | undefined {
  const [lines = []] = parseSdp(pc.localDescription?.sdp ?? '').media;
  return attribute(lines, 'ice-ufrag');
}

function directionAt(pc: W3cPeerConnection, mid: string | undefined): string | undefined {
  const { media } = parseSdp(pc.localDescription?.sdp ?? '');
  const lines = media.find((each) => attribute(each, 'mid') === mid);
  return lines && directionOf(lines);
}

/** The next message of another participant. */
async function received(messages: AsyncIterable<{ colibriClass: string }>): Promise<unknown> {
  for await (const message of messages) if (message.colibriClass === 'EndpointMessage') return message;
  throw new Error('no message came');
}
