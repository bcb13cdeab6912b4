/**
 * One source of somebody, for as long as its track lasts: frames to files. A file ends where the next frame cannot be in it, or where one of
 * sound would have to be silent for long; the next begins with a key frame. What is encrypted is read by nobody.
 */
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { RemoteFrame } from '../../client/media/track-types.ts';
import type { Absence } from './absences.ts';
import { h264ParameterSet, type VideoConfig, videoConfig } from './codec-config.ts';
import { EncryptedFrames } from '../encryption/encrypted-frames.ts';
import type { FileOfSource } from './recorded-file.ts';
import type { GapReason } from './timeline.ts';

export type RecordedTrack = Pick<
  RemoteTrack,
  | 'sourceName'
  | 'endpointId'
  | 'kind'
  | 'videoType'
  | 'muted'
  | 'participant'
  | 'statistics'
  | 'requestKeyFrame'
  | 'requestHeight'
  | 'frames'
>;

export interface SourcePorts {
  /** ms since the epoch at which the recording began */
  startedAt: number;
  /** ms since then */
  now(): number;
  /** A frame of anybody has come. */
  arrived(kind: RecordedTrack['kind']): void;
  open(track: RecordedTrack, at: number, frame: RemoteFrame, config: VideoConfig | undefined): FileOfSource;
  /** It was closed. */
  closed(file: FileOfSource): void;
  /** ms */
  gap(track: RecordedTrack, from: number, to: number, reason: GapReason): void;
  /** So many frames were not read in time. */
  dropped(frames: number): void;
  encrypted(track: RecordedTrack, at: number): void;
  /** Nothing more of this kind is to be written for now. */
  isBehind(kind: RecordedTrack['kind']): boolean;
  /** When the connection was away since then, ms on the recording's clock. */
  absences(since: number): Absence[];
}

/** ms of silence that are worth a new file */
const longestSilence = 5 * 60_000;
/** ms: a sender who changes what a file cannot change gets no more files than this */
const shortestFile = 1_000;
/** ms of a file: until it is finished the library keeps where each sample of MP4 is, and of WebM where to seek */
const [longestMp4, longestFile] = [3_600_000, 12 * 3_600_000];
/** ms without a packet of sound in which somebody may just have been silent, though the count of packets says that some are missing */
const shortestGap = 15;
/** ms without pictures that are a gap where packets are missing */
const shortestPause = 200;
/** ms that packets may have been on their way when the connection was lost */
const underway = 200;
/** Unread frames; the loop reads them at once. */
const frameLimit = 1_000;

export class SourceRecording {
  readonly #track: RecordedTrack;
  readonly #ports: SourcePorts;
  readonly #frames = new EncryptedFrames();
  readonly #stop = new AbortController();
  #held: RemoteFrame[] = [];
  #file: FileOfSource | undefined;
  /** Presence says that it is. */
  #isEncrypted = false;
  #hasToldEncryption = false;
  #needsKeyFrame = false;
  /** ms on the recording's clock at which the last file began. */
  #openedAt = -Infinity;
  /** Frames that were not read in time. */
  #unread = 0;
  /** No gap tells of the last of them yet: what was read before them may still come. */
  #hasUnread = false;
  /** ms on the recording's clock at which frames were left out. */
  #droppedFrom: number | undefined;
  /** Packets of a stream count up by one, those of two streams by anything. */
  #nextSequence: number | undefined;
  /** ms on the recording's clock: where the last frame ended. */
  #end: number | undefined;
  /** Packets, of all that ever came. */
  #lost: number;
  readonly #done: Promise<void>;

  constructor(track: RecordedTrack, isEncrypted: boolean, ports: SourcePorts) {
    this.#track = track;
    this.#ports = ports;
    this.#lost = track.statistics.lost;
    if (isEncrypted) this.setEncrypted(true);
    this.#done = this.#read();
  }

  get kind(): RecordedTrack['kind'] {
    return this.#track.kind;
  }

  get endpointId(): string {
    return this.#track.endpointId;
  }

  get file(): FileOfSource | undefined {
    return this.#file;
  }

  /** What its owner's presence says. */
  setEncrypted(isEncrypted: boolean): void {
    if (isEncrypted === this.#isEncrypted) return;
    this.#isEncrypted = isEncrypted;
    if (isEncrypted) this.#beginsEncrypted(this.#ports.now());
    else this.#hasToldEncryption = false;
  }

  /** Its owner has muted it: nothing that is missing from now on is a gap. */
  muted(): void {
    this.#end = undefined;
  }

  /** Another session brings it from now on. */
  sessionEnded(): void {
    this.#file?.settle();
  }

  /** Resolves when all that came is in its file. Never rejects. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#done;
  }

  async #read(): Promise<void> {
    const stream = this.#track.frames({ limit: frameLimit, signal: this.#stop.signal });
    for await (const frame of stream) {
      if (stream.dropped > this.#unread) {
        this.#ports.dropped(stream.dropped - this.#unread);
        this.#unread = stream.dropped;
        this.#hasUnread = true;
      }
      this.#take(frame);
    }
    // The last ones look encrypted by chance: nobody knows.
    this.#held = [];
    this.#endFile();
  }

  #take(frame: RemoteFrame): void {
    this.#ports.arrived(this.#track.kind);
    const verdict = this.#isEncrypted ? 'encrypted' : this.#frames.look(frame.data);
    if (verdict === 'unsure') {
      this.#held.push(frame);
      return;
    }
    if (verdict === 'encrypted') return this.#beginsEncrypted(this.#at(this.#held[0] ?? frame));
    this.#hasToldEncryption = false;
    for (const each of this.#held.splice(0)) this.#record(each);
    this.#record(frame);
  }

  #record(frame: RemoteFrame): void {
    const at = this.#at(frame);
    const { kind } = this.#track;
    // Sound from before the beginning; a picture from then is what is seen at the beginning.
    if (at < 0 && kind === 'audio') return;
    if (this.#ports.isBehind(kind)) {
      this.#droppedFrom ??= this.#end ?? at;
      this.#needsKeyFrame = kind === 'video';
      this.#nextSequence = undefined;
      return;
    }
    if (this.#needsKeyFrame && !frame.keyFrame) {
      this.#track.requestKeyFrame();
      return;
    }
    const file = this.#fileFor(frame, Math.max(0, at));
    if (!file) return;
    this.#needsKeyFrame = false;
    this.#lookForGap(frame, Math.max(0, at));
    const { data, keyFrame, timestamp } = frame;
    file.add({ data, at: Math.max(0, at), keyFrame, timestamp });
    this.#end = file.end;
  }

  #fileFor(frame: RemoteFrame, at: number): FileOfSource | undefined {
    if (this.#file && !this.#goesOn(this.#file, frame, at)) this.#endFile();
    if (this.#file) return this.#file;
    // What comes too early is left out, up to a key frame.
    if (at - this.#openedAt < shortestFile) {
      this.#needsKeyFrame = this.#track.kind === 'video';
      return undefined;
    }
    if (frame.codec === 'opus') return this.#open(frame, at, undefined);
    const config = frame.keyFrame ? videoConfig(frame.codec, frame.data) : undefined;
    if (config) return this.#open(frame, at, config);
    this.#needsKeyFrame = true;
    this.#track.requestKeyFrame();
    return undefined;
  }

  #open(frame: RemoteFrame, at: number, config: VideoConfig | undefined): FileOfSource {
    this.#openedAt = at;
    this.#file = this.#ports.open(this.#track, at, frame, config);
    return this.#file;
  }

  #goesOn(file: FileOfSource, frame: RemoteFrame, at: number): boolean {
    if (file.hasFailed || file.codec !== frame.codec) return false;
    if (at - this.#openedAt >= (file.container === 'mp4' ? longestMp4 : longestFile)) {
      if (frame.keyFrame) return false;
      this.#track.requestKeyFrame();
    }
    if (frame.codec === 'opus') return at - file.end < longestSilence;
    if (frame.codec !== 'h264' || !frame.keyFrame) return true;
    const set = h264ParameterSet(frame.data);
    return set === undefined || set === file.config?.parameterSet;
  }

  #lookForGap(frame: RemoteFrame, at: number): void {
    const dropped = this.#droppedFrom;
    this.#droppedFrom = undefined;
    const [end, expected] = [this.#end, this.#nextSequence];
    const sequence = frame.sequenceNumber;
    this.#nextSequence = sequence + 1;
    if (dropped !== undefined) return this.#ports.gap(this.#track, dropped, at, 'overload');
    if (end === undefined) return undefined;
    const pause = at - end;
    const isAudio = this.#track.kind === 'audio';
    // Of a picture nobody tells how many packets it had: a pause of pictures is a gap where they begin anew after it.
    const isMissing = isAudio
      ? pause >= shortestGap && expected !== undefined && sequence !== expected
      : pause >= shortestPause &&
        frame.keyFrame &&
        (this.#hasLost() || this.#hasUnread || this.#ports.absences(end).length > 0);
    if (!isMissing) return undefined;
    const isUnread = this.#hasUnread;
    this.#hasUnread = false;
    if (isUnread) return this.#ports.gap(this.#track, end, at, 'overload');
    const absences = this.#ports.absences(end);
    if (absences.length === 0) return this.#ports.gap(this.#track, end, at, 'loss');
    if (!isAudio) return this.#ports.gap(this.#track, end, at, 'connection');
    // Somebody may have been silent before, between and after.
    let begin = end;
    for (const absence of absences) {
      const from = Math.max(begin, absence.from - underway);
      begin = Math.max(from, Math.min(at, absence.to));
      this.#ports.gap(this.#track, from, begin, 'connection');
    }
    return undefined;
  }

  /** ms on the recording's clock, on which all sources are. */
  #at(frame: RemoteFrame): number {
    return frame.captureTime - this.#ports.startedAt;
  }

  #hasLost(): boolean {
    const before = this.#lost;
    this.#lost = this.#track.statistics.lost;
    return this.#lost > before;
  }

  /** @param at ms on the recording's clock */
  #beginsEncrypted(at: number): void {
    this.#held = [];
    this.#nextSequence = undefined;
    this.#end = undefined;
    this.#needsKeyFrame = this.#track.kind === 'video';
    this.#endFile();
    if (this.#hasToldEncryption) return;
    this.#hasToldEncryption = true;
    this.#ports.encrypted(this.#track, Math.max(0, at));
  }

  #endFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file) this.#ports.closed(file);
  }
}
