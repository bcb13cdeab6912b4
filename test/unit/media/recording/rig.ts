/** A recording in virtual time: a room that a test moves, and a disk in memory that may be slow or full. */
import { onTestFinished } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import type { Resolvers } from '../../../../src/base/resolvers.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { FrameStream } from '../../../../src/client/media/remote/frame-stream.ts';
import type { RemoteTrack } from '../../../../src/client/media/remote/remote-track.ts';
import type { RemoteFrame } from '../../../../src/client/media/track-types.ts';
import type { Participant } from '../../../../src/conference/room/roster.ts';
import { builtInClip } from '../../../../src/media/clips/load-clip.ts';
import type { DiskPorts, FileHandle } from '../../../../src/media/recording/disk.ts';
import { type RecordOptions, resolveRecordOptions } from '../../../../src/media/recording/options.ts';
import { Recorder } from '../../../../src/media/recording/recorder.ts';
import type { RecordedRoom } from '../../../../src/media/recording/recording.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** 2026-01-01 */
export const start: number = Date.UTC(2026, 0, 1);

export function participant(id: string, more: Partial<Participant> = {}): Participant {
  return {
    id,
    occupantJid: `room@muc/${id}`,
    role: 'participant',
    affiliation: 'none',
    isHidden: false,
    audioMuted: false,
    videoMuted: false,
    sharing: false,
    talking: false,
    connection: 'active',
    codecs: [],
    features: [],
    properties: {},
    silent: false,
    displayName: `name of ${id}`,
    ...more,
  };
}

export class FakeTrack {
  readonly kind: 'audio' | 'video';
  readonly sourceName: string;
  readonly endpointId: string;
  muted = false;
  participant: Participant | undefined;
  readonly statistics: { lost: number } = { lost: 0 };
  height: number | undefined;
  keyFrameRequests = 0;
  readonly #streams = new Set<FrameStream>();

  constructor(endpointId: string, kind: 'audio' | 'video', owner: Participant | undefined) {
    this.kind = kind;
    this.endpointId = endpointId;
    this.sourceName = `${endpointId}-${kind === 'audio' ? 'a' : 'v'}0`;
    this.participant = owner;
  }

  get videoType(): 'camera' | undefined {
    return this.kind === 'video' ? 'camera' : undefined;
  }

  get isRead(): boolean {
    return this.#streams.size > 0;
  }

  frames({ signal }: { signal?: AbortSignal } = {}): FrameStream {
    const stream: FrameStream = new FrameStream({
      limit: 1_000,
      sizeLimit: 1e9,
      needsKeyFrames: this.kind === 'video',
      signal,
      keyFrameNeeded: () => this.requestKeyFrame(),
      closed: () => void this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  requestKeyFrame(): void {
    this.keyFrameRequests += 1;
  }

  requestHeight(height: number): () => void {
    this.height = height;
    return () => (this.height = undefined);
  }

  push(frame: RemoteFrame): void {
    for (const stream of this.#streams) stream.push(frame);
  }

  end(): void {
    for (const stream of this.#streams) stream.close();
  }
}

const clips = { audio: await builtInClip('speech'), video: await builtInClip('picture') };

/** A frame of the built-in clips. @param at ms since the recording began */
export function frameOf(kind: 'audio' | 'video', at: number, index: number, more: object = {}): RemoteFrame {
  const { frames } = clips[kind];
  const frame = frames[index % frames.length];
  return {
    data: frame?.data ?? new Uint8Array(1),
    timestamp: start + at,
    captureTime: start + at,
    rtpTimestamp: 0,
    sequenceNumber: index,
    codec: kind === 'audio' ? 'opus' : 'vp8',
    keyFrame: frame?.keyFrame ?? false,
    ...more,
  };
}

/** Files in memory. */
export class MemoryDisk {
  readonly files: Map<string, Uint8Array> = new Map();
  /** Bytes of all files that it takes. */
  room: number = Infinity;
  /** Writes wait for it. */
  gate: Resolvers<void> | undefined = undefined;

  readonly create: DiskPorts['create'] = async (path: string): Promise<FileHandle> => {
    if (this.files.has(path)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    this.files.set(path, new Uint8Array(0));
    return this.#handle(path);
  };

  text(name: string): string {
    for (const [path, bytes] of this.files) if (path.endsWith(name)) return new TextDecoder().decode(bytes);
    return '';
  }

  #handle(path: string): FileHandle {
    const bytes = (): Uint8Array => this.files.get(path) ?? new Uint8Array(0);
    return {
      write: async (data, offset, length, position) => {
        await this.gate?.promise;
        const used = [...this.files.values()].reduce((sum, file) => sum + file.length, 0);
        const size = bytes().length;
        const free = this.room - used + Math.max(0, size - position);
        if (free <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        const count = Math.min(length, free);
        const grown = new Uint8Array(Math.max(size, position + count));
        grown.set(bytes());
        grown.set(data.subarray(offset, offset + count), position);
        this.files.set(path, grown);
        return { bytesWritten: count };
      },
      truncate: async (length) => void this.files.set(path, bytes().slice(0, length)),
      close: async () => {},
    };
  }
}

export interface TimelineJson {
  events: Record<string, unknown>[];
  files: Record<string, unknown>[];
  encrypted: unknown[];
  gaps: number;
  state: string;
  end?: unknown;
}

export class RecordingRig {
  readonly clock: ManualClock = new ManualClock(start);
  readonly disk: MemoryDisk = new MemoryDisk();
  readonly emitter: Emitter<ConferenceEvents> = new Emitter(conferenceEventNames, (error) => {
    throw error;
  });
  readonly participants: Map<string, Participant> = new Map();
  readonly tracks: Map<string, FakeTrack> = new Map();
  readonly warnings: string[] = [];
  /** Of the room. */
  state: RecordedRoom['state'] = 'joined';
  readonly recorder: Recorder;

  constructor(options: Partial<RecordOptions> = {}, before: (rig: RecordingRig) => void = () => {}) {
    before(this);
    const room = {
      room: 'room',
      state: this.state,
      endpointId: 'me',
      nick: 'recorder',
      participants: this.participants,
      tracks: this.tracks,
      on: this.emitter.on.bind(this.emitter),
    } as unknown as RecordedRoom;
    this.recorder = new Recorder(room, '/recording', resolveRecordOptions({ directory: 'x', ...options }), {
      clock: this.clock,
      create: this.disk.create,
      timeline: this.disk.create('/recording/timeline.json'),
    });
    this.recorder.on('warning', ({ error }) => this.warnings.push(error.code));
    onTestFinished(async () => {
      this.disk.gate?.resolve();
      await this.recorder.stop();
    });
  }

  join(id: string, more: Partial<Participant> = {}): Participant {
    const joined = participant(id, more);
    this.participants.set(id, joined);
    this.emitter.emit('participantJoined', { participant: joined });
    return joined;
  }

  add(id: string, kind: 'audio' | 'video'): FakeTrack {
    const track = new FakeTrack(id, kind, this.participants.get(id));
    this.tracks.set(track.sourceName, track);
    this.emitter.emit('trackAdded', { track: track as unknown as RemoteTrack });
    return track;
  }

  remove(track: FakeTrack): void {
    this.tracks.delete(track.sourceName);
    track.end();
    this.emitter.emit('trackRemoved', { track: track as unknown as RemoteTrack });
  }

  /** Frames of a clip, each at its time. @param from ms @param index of the first */
  async play(track: FakeTrack, from: number, count: number, index = 0): Promise<void> {
    const step = track.kind === 'audio' ? 20 : 1000 / 30;
    for (let done = 0; done < count; done++) {
      const at = from + done * step;
      this.clock.advance(Math.max(0, start + at - this.clock.now()));
      track.push(frameOf(track.kind, at, index + done));
      await turn();
    }
  }

  get timeline(): TimelineJson {
    return JSON.parse(this.disk.text('timeline.json')) as TimelineJson;
  }
}

/** All that waits for nothing else has run. */
export async function turn(): Promise<void> {
  for (let step = 0; step < 4; step++) await Promise.resolve();
}
