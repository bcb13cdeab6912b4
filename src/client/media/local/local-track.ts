/** Audio or video of ours. It lasts until it is stopped: each session announces it again, and bridges may change under it. */
import type { Listener } from '../../../base/emitter.ts';
import type { MediaType, VideoType } from '../../../jingle/model.ts';
import type { CodecName } from '../../../rtp/parameters.ts';
import type { LocalSource } from './local-source.ts';
import type { LocalTrackEvents } from './local-track-events.ts';
import type { LayerState, LocalFrame, LocalPacket, LocalTrackStatistics } from '../track-types.ts';
import { checkOptions, signalKinds } from '../../check-arguments.ts';

export interface LocalTrackPorts {
  setMuted(muted: boolean): void;
  stop(): void;
}

export class LocalTrack implements Disposable {
  readonly #source: LocalSource;
  readonly #ports: LocalTrackPorts;

  /** Made by `conference.addTrack`. */
  constructor(source: LocalSource, ports: LocalTrackPorts) {
    this.#source = source;
    this.#ports = ports;
  }

  get kind(): MediaType {
    return this.#source.identity.kind;
  }

  /** What the frames are encoded with. */
  get codec(): CodecName {
    return this.#source.identity.codec;
  }

  /** `ENDPOINT-a0`, `ENDPOINT-v0`, `ENDPOINT-v1` */
  get sourceName(): string {
    return this.#source.identity.name;
  }

  /** What the picture shows; undefined for audio. */
  get videoType(): VideoType | undefined {
    return this.kind === 'video' ? this.#source.identity.videoType : undefined;
  }

  /** With layers, of the smallest. */
  get ssrc(): number {
    return this.#source.identity.streams[0].ssrc;
  }

  /** From the smallest up, as they are now; empty when it is not sent in layers. Event `layersChanged`. */
  get layers(): readonly LayerState[] {
    return this.#source.layers;
  }

  get muted(): boolean {
    return this.#source.muted;
  }

  get isStopped(): boolean {
    return this.#source.isStopped;
  }

  /** Pixels that anybody wants of it; 0: nobody does, -1: no limit, or nothing was heard yet. */
  get maxHeight(): number {
    return this.#source.maxHeight;
  }

  /**
   * bit/s that fit through the way to the bridge, of this video, headers included; undefined for audio, and before the bridge has said what arrives
   * (it says so where the offer has transport-wide feedback). By Google congestion control; event `targetBitrate`.
   */
  get targetBitrate(): number | undefined {
    return this.#source.targetBitrate;
  }

  /** There is a session that takes its codec and is connected, and it is not muted: what is sent gets out, if it is wanted. */
  get isReady(): boolean {
    return this.#source.isReady;
  }

  /**
   * Waits until the track {@link isReady}: frames before are lost. Audio can be sent then; video is also to be wanted by somebody
   * ({@link isWanted}, event `wanted`).
   * @returns whether it is; false when it is stopped, or `signal` aborted, first. It never rejects
   * @throws UsageError `option-invalid`, `option-unknown`, at once
   */
  ready(options: { signal?: AbortSignal } = {}): Promise<boolean> {
    checkOptions('waiting until a track is ready', signalKinds, options);
    return this.#source.ready(options.signal);
  }

  /** There is a session that takes its codec and is connected, it is not muted, and somebody wants it: encoding is worth it. */
  get isWanted(): boolean {
    return this.#source.isWanted;
  }

  /** Of all layers; each has its own in `layers`. */
  get statistics(): LocalTrackStatistics {
    return this.#source.statistics;
  }

  /**
   * Sends a frame, if it is wanted. Video that was not wanted for a while, or had no session, goes on with a key frame: frames before it
   * are not sent, and `keyFrameRequested` asks for one.
   * @returns whether it was sent
   * @throws UsageError `frame-invalid`: no bytes, no time, with `opus` something that is no Opus packet, such as samples, or with layers none of them
   */
  send(frame: LocalFrame): boolean {
    return this.#source.send(frame);
  }

  /**
   * Sends a packet that you made: payload, timestamp and marker are yours.
   * @returns whether it was sent
   * @throws UsageError `frame-invalid`
   */
  sendRtp(packet: LocalPacket): boolean {
    return this.#source.sendRtp(packet);
  }

  /** Tells everybody that nothing comes, and sends nothing. The source stays announced. */
  mute(): void {
    this.#ports.setMuted(true);
  }

  /** Goes on. Where a moderator has muted us, the focus is asked, and may refuse: then it is muted again, with a `warning`. */
  unmute(): void {
    this.#ports.setMuted(false);
  }

  /** Takes the source back, for good. */
  stop(): void {
    this.#ports.stop();
  }

  /** `using track = conference.addTrack(…)` stops it at the end of the block. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** Calls `listener` at every `event`; the returned function ends that. */
  on<Name extends keyof LocalTrackEvents>(
    event: Name,
    listener: Listener<LocalTrackEvents[Name]>,
  ): () => void {
    return this.#source.emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof LocalTrackEvents>(
    event: Name,
    listener: Listener<LocalTrackEvents[Name]>,
  ): () => void {
    return this.#source.emitter.once(event, listener);
  }

  off<Name extends keyof LocalTrackEvents>(event: Name, listener: Listener<LocalTrackEvents[Name]>): void {
    this.#source.emitter.off(event, listener);
  }
}
