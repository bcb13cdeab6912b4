/** A recording as it goes on: which sources of the room are recorded, and how it ends. The public object is in front of it. */
import { basename } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import { listenerFailed } from '../../client/failures.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import { Absences } from './absences.ts';
import type { Disk } from './disk.ts';
import { saysEncrypted } from '../encryption/encrypted-frames.ts';
import { cannotContain, diskIsSlow } from './errors.ts';
import type { Notes } from './notes.ts';
import type { ResolvedRecordOptions } from './options.ts';
import { seconds } from './recorded-file.ts';
import { type NotedRoom, noteRoom } from './room-events.ts';
import { SourceFiles } from './source-files.ts';
import { type RecordedTrack, SourceRecording } from './source-recording.ts';
import type { RecordedFile, TimelineEvent } from './timeline.ts';

export type RecordedRoom = NotedRoom & Pick<Conference, 'room' | 'state' | 'tracks'>;

export interface RecordingPorts {
  clock: Clock;
  opened(file: RecordedFile): void;
  closed(file: RecordedFile): void;
  warn(error: JitsiError): void;
}

interface Recorded {
  recording: SourceRecording;
  /** The height that is asked for. */
  withdraw: () => void;
}

/** Part of the queue that is kept for sound. */
const soundReserve = 0.2;
/** ms between two warnings about the disk, and from one saving to the next */
const [warningInterval, savingInterval] = [60_000, 1_000];

export class Recording {
  readonly files: SourceFiles;
  readonly #room: RecordedRoom;
  readonly #options: ResolvedRecordOptions;
  readonly #disk: Disk;
  readonly #notes: Notes;
  readonly #startedAt: number;
  readonly #ports: RecordingPorts;
  readonly #absences = new Absences();
  readonly #sources = new Map<RemoteTrack, Recorded>();
  /** Tracks that are being stopped. */
  readonly #stopping = new Set<Promise<void>>();
  readonly #offs: (() => void)[];
  #warnedAt = -Infinity;
  /** Frames that were left out because the disk, or we, were behind. */
  #dropped = 0;
  #isSaving = false;
  #cancelSaving: () => void = () => {};

  /** @param startedAt ms of the clock */
  constructor(
    room: RecordedRoom,
    directory: string,
    options: ResolvedRecordOptions,
    disk: Disk,
    notes: Notes,
    startedAt: number,
    ports: RecordingPorts,
  ) {
    this.#room = room;
    this.#options = options;
    this.#disk = disk;
    this.#notes = notes;
    this.#startedAt = startedAt;
    this.#ports = ports;
    this.files = new SourceFiles(directory, options.container, disk, {
      opened: (file) => ports.opened(file),
      closed: (file) => ports.closed(file),
      failed: (source, error) => {
        if (!disk.hasFailed) ports.warn(cannotContain(source, error));
      },
    });
    this.#offs = this.#follow();
  }

  /** ms since it began */
  get now(): number {
    return this.#ports.clock.now() - this.#startedAt;
  }

  get sources(): number {
    return this.#sources.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Nothing more is recorded; resolves when all files are finished. Never rejects. */
  async end(): Promise<void> {
    for (const off of this.#offs.splice(0)) off();
    for (const track of this.#sources.keys()) this.#remove(track);
    await Promise.all(this.#stopping);
    await this.files.finished();
  }

  /** Paths as they are written into the timeline, which lies beside them. */
  get filesInTimeline(): RecordedFile[] {
    return this.files.facts
      .filter(({ bytes }) => bytes > 0)
      .map((file) => ({ ...file, path: basename(file.path) }));
  }

  #follow(): (() => void)[] {
    const room = this.#room;
    const offs = [
      noteRoom(room, this.#options.chat, (event) => this.#note(event)),
      room.on('trackAdded', ({ track }) => this.#add(track)),
      room.on('trackRemoved', ({ track }) => {
        this.#noteSource('source-removed', track);
        this.#remove(track);
      }),
      room.on('trackMuted', ({ track }) => {
        this.#sources.get(track)?.recording.muted();
        this.#noteSource('source-muted', track);
      }),
      room.on('trackUnmuted', ({ track }) => this.#noteSource('source-unmuted', track)),
      room.on('participantChanged', ({ participant, changed }) => {
        if (!changed.includes('properties')) return;
        for (const [{ endpointId }, { recording }] of this.#sources)
          if (endpointId === participant.id) recording.setEncrypted(saysEncrypted(participant));
      }),
      room.on('sessionEnded', () => {
        this.#absences.away();
        for (const { recording } of this.#sources.values()) recording.sessionEnded();
      }),
      room.on('reconnecting', () => this.#absences.away()),
      room.on('transportFailed', () => this.#absences.away()),
      room.on('transportChanged', ({ iceRestart }) => {
        // The bridge was not heard.
        if (iceRestart) this.#absences.away();
      }),
      () => this.#cancelSaving(),
    ];
    for (const track of room.tracks.values()) this.#add(track);
    this.#saveAgain();
    return offs;
  }

  #add(track: RemoteTrack): void {
    this.#noteSource('source-added', track);
    const { kind, participant } = track;
    const { audio, height, video } = this.#options;
    if (!(kind === 'audio' ? audio : video) || !this.#isWanted(track)) return;
    const withdraw = kind === 'video' ? this.#askFor(track, height) : () => {};
    const recording = new SourceRecording(track, saysEncrypted(participant), {
      startedAt: this.#startedAt,
      now: () => this.now,
      arrived: (of) => this.#absences.arrived(of, this.now),
      open: (...facts) => this.files.open(...facts),
      closed: (file) => this.files.close(file),
      gap: (of, from, to, reason) => {
        const { sourceName: source, endpointId: owner } = of;
        const duration = seconds(to - from);
        this.#note({ type: 'gap', source, participant: owner, kind: of.kind, duration, reason }, from);
      },
      dropped: (frames) => (this.#dropped += frames),
      encrypted: (of, at) => this.#encrypted(of, at),
      isBehind: (of) => this.#isBehind(of),
      absences: (since) => this.#absences.since(since),
    });
    this.#sources.set(track, { recording, withdraw });
  }

  #isWanted({ endpointId, participant }: RemoteTrack): boolean {
    try {
      return this.#options.participants?.(participant, endpointId) !== false;
    } catch (error) {
      // Nobody listens for warnings before the recorder is there.
      queueMicrotask(() => this.#ports.warn(listenerFailed('`participants` of a recording', error)));
      return false;
    }
  }

  #askFor(track: RemoteTrack, height: number): () => void {
    try {
      const withdraw = track.requestHeight(height);
      return () => {
        try {
          withdraw();
        } catch {
          // The bridge has gone, and with it what was asked of it.
        }
      };
    } catch {
      // We are leaving.
      return () => {};
    }
  }

  #remove(track: RemoteTrack): void {
    const recorded = this.#sources.get(track);
    if (!recorded) return;
    this.#sources.delete(track);
    recorded.withdraw();
    const stopping = recorded.recording.stop();
    this.#stopping.add(stopping);
    void stopping.then(() => this.#stopping.delete(stopping));
  }

  #encrypted(track: RecordedTrack, at: number): void {
    const { endpointId, kind, participant, sourceName: source } = track;
    const name = participant?.displayName ?? endpointId;
    // One of each: a sender may change it as often as they like.
    if (!this.#notes.encrypted.some((known) => known.source === source))
      this.#notes.encrypted.push({
        source,
        participant: endpointId,
        name,
        kind,
        state: 'encrypted',
        offset: seconds(at),
      });
    this.#noteSource('source-encrypted', track, at);
  }

  #isBehind(kind: RecordedTrack['kind']): boolean {
    if (!this.#disk.isBehind(kind === 'video' ? soundReserve : 0)) return false;
    this.#dropped += 1;
    const { now } = this;
    if (now - this.#warnedAt >= warningInterval) {
      this.#warnedAt = now;
      this.#ports.warn(diskIsSlow());
    }
    return true;
  }

  #noteSource(
    type: 'source-added' | 'source-removed' | 'source-muted' | 'source-unmuted' | 'source-encrypted',
    track: RecordedTrack,
    at?: number,
  ): void {
    const { endpointId, kind, muted, participant, sourceName: source, videoType } = track;
    this.#note(
      {
        type,
        source,
        participant: endpointId,
        name: participant?.displayName ?? endpointId,
        kind,
        ...(videoType && { videoType }),
        ...(type === 'source-added' && { muted }),
      },
      at,
    );
  }

  #note(event: TimelineEvent, at: number = this.now): void {
    this.#notes.add(event, at);
  }

  #saveAgain(): void {
    this.#cancelSaving = this.#ports.clock.schedule(savingInterval, () => this.#saveAgain());
    void this.#save();
  }

  /** One at a time: a slow disk is not asked for more. */
  async #save(): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    await this.files.save();
    await this.#notes.save(this.now, () => ({ files: this.filesInTimeline, state: 'recording' }));
    this.#isSaving = false;
  }
}
