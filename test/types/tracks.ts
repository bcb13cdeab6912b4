/** The guide's examples of audio and video, and the types that it promises: compiled with everything else, never run. */
import {
  type Conference,
  type CodecName,
  join,
  joinSession,
  type LocalTrack,
  type RemoteFrame,
  type RemotePacket,
  type RemoteTrack,
  type Participant,
  type VideoRequest,
} from '../../src/index.ts';

/** Fails to compile unless the two types are the same. */
function same<Expected>(): <Actual>(
  value: Actual,
  ...differs: [Actual, Expected] extends [Expected, Actual] ? [] : ['differs']
) => void {
  return () => {};
}

export async function receive(write: (frame: RemoteFrame) => void): Promise<void> {
  const conference = await join('https://meet.example.com/standup', { nick: 'listener' });
  conference.requestVideo(360);
  conference.on('trackAdded', ({ track }) => void read(track, write));
  for (const track of conference.tracks.values()) void read(track, write);
}

async function read(track: RemoteTrack, write: (frame: RemoteFrame) => void): Promise<void> {
  for await (const frame of track.frames()) write(frame);
}

export function send(
  conference: Conference,
  encoder: { keyFrame(): void; height(pixels: number): void },
): void {
  const track = conference.addTrack({ kind: 'video', codec: 'vp8' });
  track.on('keyFrameRequested', () => encoder.keyFrame());
  track.on('constraintsChanged', ({ maxHeight }) => encoder.height(maxHeight));
  const isSent = track.send({ data: new Uint8Array(), timestamp: 0, keyFrame: true });
  same<boolean>()(isSent);
  const audio = conference.addTrack({ kind: 'audio', muted: true });
  audio.send({ data: new Uint8Array(), timestamp: 20, audioLevel: { level: 30, voice: true } });
  audio.unmute();
  audio.stop();
}

export function promises(conference: Conference, local: LocalTrack, remote: RemoteTrack): void {
  same<'audio' | 'video'>()(remote.kind);
  same<number | undefined>()(remote.ssrc);
  same<CodecName | undefined>()(remote.codec);
  same<Participant | undefined>()(remote.participant);
  same<ReadonlyMap<string, RemoteTrack>>()(conference.tracks);
  same<readonly RemoteTrack[]>()(conference.tracksOf('1f2e3d4c'));
  same<number>()(local.ssrc);
  const packets: AsyncIterableIterator<RemotePacket> & { readonly dropped: number } = remote.packets();
  void packets;
  const request: VideoRequest = { maxHeight: 720, lastN: 4, onStageSources: ['1f2e3d4c-v0'] };
  conference.requestVideo(request);
  conference.requestAudio({ exclude: ['1f2e3d4c-a0'] });
  // @ts-expect-error: tracks are of a kind
  conference.addTrack({ codec: 'vp8' });
  // @ts-expect-error: what was measured is not to be changed
  remote.statistics = {};
}

export async function ownSession(): Promise<void> {
  const conference = await joinSession({ host: 'meet.example.com', room: 'robots', congestionControl: true });
  const { session } = conference;
  await session?.connect();
  await session?.requestVideo({ maxHeight: 720, lastN: 4 }, { timeout: 5_000 });
}
