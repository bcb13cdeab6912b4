/** A source of ours behind its public track: whether it is sent, what is told of it, and which of its layers are wanted. It lasts over all sessions. */
import { defined } from '../../../base/defined.ts';
import { onAbort } from '../../../base/on-abort.ts';
import { withResolvers } from '../../../base/resolvers.ts';
import { Emitter } from '../../../base/emitter.ts';
import type { MediaType, Source, SourceSet, SsrcGroup, VideoType } from '../../../jingle/model.ts';
import { describeFrame, type FrameDescription } from '../../../rtp/codecs/describe-frame.ts';
import type { Packetizer } from '../../../rtp/codecs/packetizer.ts';
import type { CodecName, RtpCodec } from '../../../rtp/parameters.ts';
import { checkFrame, checkLayer, checkPacket } from './check-frame.ts';
import { layerRates } from './layer-rates.ts';
import { sumOf } from './local-figures.ts';
import { LocalLayer } from './local-layer.ts';
import { type LocalTrackEvents, localTrackEventNames } from './local-track-events.ts';
import type { SessionMedia, StreamIds, TransmissionSink } from '../session-media.ts';
import type {
  LayerOptions,
  LayerState,
  LocalFrame,
  LocalPacket,
  LocalTrackStatistics,
} from '../track-types.ts';

export interface LayerSsrcs {
  ssrc: number;
  rtxSsrc: number | undefined;
}

export interface LocalSourceIdentity {
  kind: MediaType;
  codec: CodecName;
  /** Of its kind, in the name. */
  index: number;
  name: string;
  videoType: VideoType;
  /** From the smallest layer up; without layers it is one. */
  streams: readonly [LayerSsrcs, ...LayerSsrcs[]];
  msid: string;
  /** RTP timestamps begin anywhere. */
  timestampOffset: number;
}

export interface LocalSourceOptions {
  identity: LocalSourceIdentity;
  /** From the smallest up; none: it is not sent in layers. */
  layers: readonly Required<LayerOptions>[];
  createPacketizer(): Packetizer;
  now(): number;
  listenerFailed(error: unknown, event: string): void;
}

export class LocalSource {
  #identity: LocalSourceIdentity;
  readonly emitter: Emitter<LocalTrackEvents>;
  readonly #layerOptions: readonly Required<LayerOptions>[];
  /** One at least. */
  readonly #layers: readonly LocalLayer[];
  #isCarried = false;
  #muted = false;
  #maxHeight = -1;
  #targetBitrate: number | undefined;
  /** As it was told last. */
  #told = { isReady: false, isWanted: false };
  isStopped = false;

  constructor(options: LocalSourceOptions) {
    const { createPacketizer, identity, layers, listenerFailed, now } = options;
    this.#identity = identity;
    this.#layerOptions = layers;
    this.emitter = new Emitter(localTrackEventNames, listenerFailed);
    this.#layers = identity.streams.map(
      (_, index) =>
        new LocalLayer({
          isOneOfSeveral: layers.length > 1,
          packetizer: createPacketizer(),
          now,
          sink: this.#sinkOf(index),
          needsKeyFrame: () => this.#askForKeyFrame(layers.length > 0 ? index : undefined),
        }),
    );
  }

  get identity(): LocalSourceIdentity {
    return this.#identity;
  }

  /** From now on it is another for everybody else; for whoever sends it is the same. No session may have it. */
  renew(identity: LocalSourceIdentity): void {
    this.carriedBy(undefined);
    this.#identity = identity;
    for (const layer of this.#layers) layer.renew();
  }

  get muted(): boolean {
    return this.#muted;
  }

  get maxHeight(): number {
    return this.#maxHeight;
  }

  get targetBitrate(): number | undefined {
    return this.#targetBitrate;
  }

  /** A session sends it. */
  get isReady(): boolean {
    return this.#codec !== undefined && !this.#muted;
  }

  /** A session sends it, and somebody wants it. */
  get isWanted(): boolean {
    return this.#maxHeight !== 0 && this.isReady;
  }

  /** Empty where it is not sent in layers. */
  get layers(): readonly LayerState[] {
    return this.#layerOptions.flatMap((options, index) => {
      const layer = this.#layers[index];
      const ssrc = this.#identity.streams[index]?.ssrc;
      if (!layer || ssrc === undefined) return [];
      const { statistics, targetBitrate } = layer;
      const isWanted = layer.isWanted && this.isWanted;
      return { ...options, ssrc, isWanted, ...defined({ targetBitrate }), statistics };
    });
  }

  /** Tells what may be sent now and could not be before. */
  look(): void {
    const before = this.#told;
    const { isReady, isWanted } = this;
    this.#told = { isReady, isWanted };
    if (isWanted !== before.isWanted) this.#layers[0]?.wantedChanged();
    const sourceName = this.#name;
    if (isReady && !before.isReady) this.emitter.emit('ready', { sourceName });
    if (isWanted && !before.isWanted) this.emitter.emit('wanted', { sourceName, maxHeight: this.#maxHeight });
  }

  /** Resolves to whether it is ready: false when it was stopped, or `signal` aborted, first. */
  ready(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.isReady || this.isStopped) return Promise.resolve(this.isReady);
    const { promise, resolve } = withResolvers<boolean>();
    const offs = [
      this.emitter.on('ready', () => resolve(true)),
      this.emitter.on('stopped', () => resolve(false)),
      onAbort(signal, () => resolve(false)),
    ];
    return promise.finally(() => {
      for (const off of offs) off();
    });
  }

  get statistics(): LocalTrackStatistics {
    return sumOf(this.#layers.map(({ statistics }) => statistics));
  }

  /** The streams in a session, from the smallest layer up; retransmissions only where it has them. */
  streamsIn({ parameters }: SessionMedia): StreamIds[] {
    const { kind, streams } = this.#identity;
    const hasRtx = parameters.codecs.some(
      (codec) => codec.kind === kind && codec.rtxPayloadType !== undefined,
    );
    return streams.map(({ rtxSsrc, ssrc }) =>
      hasRtx && rtxSsrc !== undefined ? { kind, ssrc, rtxSsrc } : { kind, ssrc },
    );
  }

  /** What the focus is told (media dossier 2.4, 2.5, 3.5). */
  signalledIn(media: SessionMedia): SourceSet {
    const { kind: mediaType, msid, name, videoType } = this.#identity;
    const streams = this.streamsIn(media);
    const shared: Omit<Source, 'ssrc'> =
      mediaType === 'video' ? { mediaType, name, msid, videoType } : { mediaType, name, msid };
    const layers: SsrcGroup[] =
      streams.length > 1 ? [{ semantics: 'SIM', ssrcs: streams.map(({ ssrc }) => ssrc), mediaType }] : [];
    const pairs = streams.flatMap(({ rtxSsrc, ssrc }): SsrcGroup[] =>
      rtxSsrc === undefined ? [] : [{ semantics: 'FID', ssrcs: [ssrc, rtxSsrc], mediaType }],
    );
    return {
      sources: [
        ...streams.map(({ ssrc }) => ({ ...shared, ssrc })),
        ...pairs.flatMap(({ ssrcs: [, ssrc] }) => (ssrc === undefined ? [] : [{ ...shared, ssrc }])),
      ],
      groups: [...layers, ...pairs],
    };
  }

  /** A session sends it from now on; undefined: none does. */
  carriedBy(media: SessionMedia | undefined): void {
    this.#targetBitrate = undefined;
    this.#isCarried = media !== undefined;
    const streams = media ? this.streamsIn(media) : [];
    for (const [index, layer] of this.#layers.entries()) {
      const ids = streams[index];
      layer.carriedBy(media && ids && { media, ids });
    }
    // What another bridge wants is not known yet.
    this.constrain(-1);
    this.#chooseLayers();
    this.look();
  }

  constrain(maxHeight: number): void {
    if (maxHeight === this.#maxHeight) return;
    if (maxHeight === 0) this.#pause();
    this.#maxHeight = maxHeight;
    this.emitter.emit('constraintsChanged', { sourceName: this.#name, maxHeight });
    this.#chooseLayers();
    this.look();
  }

  /** @returns false when it was so already */
  setMuted(muted: boolean, by?: string): boolean {
    if (muted === this.#muted || this.isStopped) return false;
    this.#muted = muted;
    if (muted) {
      this.#pause();
      this.emitter.emit('muted', defined({ sourceName: this.#name, by }));
    } else this.emitter.emit('unmuted', { sourceName: this.#name });
    this.look();
    return true;
  }

  stop(): void {
    this.isStopped = true;
    this.carriedBy(undefined);
    this.emitter.emit('stopped', { sourceName: this.#name });
    this.emitter.removeAll();
  }

  send(frame: LocalFrame): boolean {
    const layer = this.#layerOf(frame);
    checkFrame(frame, this.#identity.codec, this.#name);
    const codec = this.#codec;
    const description = this.#describe(frame);
    if (!codec) layer.away();
    if (!codec || !this.isWanted || !layer.isWanted) {
      layer.dropped();
      return false;
    }
    return layer.send(frame, codec, description, this.#timestampOf(frame.timestamp, codec));
  }

  sendRtp(packet: LocalPacket): boolean {
    const layer = this.#layerOf(packet);
    checkPacket(packet, this.#name);
    const payloadType = packet.payloadType ?? this.#codec?.payloadType;
    if (!this.#isCarried || payloadType === undefined || !this.isWanted || !layer.isWanted) {
      layer.dropped();
      return false;
    }
    layer.sendRtp({ ...packet, payloadType });
    return true;
  }

  /** What is no key frame by the caller's words is not looked at. */
  #describe({ data, keyFrame }: LocalFrame): FrameDescription {
    if (keyFrame === false) return { keyFrame };
    const description = describeFrame(this.#identity.codec, data);
    return { ...description, keyFrame: keyFrame ?? description.keyFrame };
  }

  get #name(): string {
    return this.#identity.name;
  }

  get #codec(): RtpCodec | undefined {
    return this.#layers[0]?.codec(this.#identity.codec);
  }

  #pause(): void {
    for (const layer of this.#layers) layer.pause();
  }

  /** The way to the bridge is shared by sources; the first layer stands for all of them there. */
  #sinkOf(index: number): TransmissionSink {
    const isMain = index === 0;
    const isWanted = (): boolean => isMain && this.isWanted;
    return {
      kind: this.#identity.kind,
      get isWanted() {
        return isWanted();
      },
      // Bridges ask the first for whichever they need (jitsi-videobridge `KeyframeRequester.kt`).
      keyFrameRequested: () => this.#askForKeyFrame(isMain ? undefined : index),
      targetBitrate: (bitrate) => {
        if (bitrate === this.#targetBitrate) return;
        this.#targetBitrate = bitrate;
        this.#chooseLayers();
        this.emitter.emit('targetBitrate', { sourceName: this.#name, bitrate });
      },
    };
  }

  #askForKeyFrame(layer: number | undefined): void {
    this.emitter.emit('keyFrameRequested', defined({ sourceName: this.#name, layer }));
  }

  #chooseLayers(): void {
    if (this.#layerOptions.length === 0) return;
    const before = this.#layers.map(({ isWanted }) => isWanted);
    const rates = layerRates(this.#layerOptions, before, this.#maxHeight, this.#targetBitrate);
    for (const [index, layer] of this.#layers.entries()) {
      const { bitrate, isWanted = false } = rates[index] ?? {};
      layer.targetBitrate = bitrate;
      if (layer.isWanted && !isWanted) layer.pause();
      layer.isWanted = isWanted;
    }
    if (this.#layers.every(({ isWanted }, index) => isWanted === before[index])) return;
    const layers = this.#layers.flatMap(({ isWanted }, index) => (isWanted ? [index] : []));
    this.emitter.emit('layersChanged', { sourceName: this.#name, layers });
  }

  /** @throws UsageError `frame-invalid` */
  #layerOf(sent: LocalFrame | LocalPacket): LocalLayer {
    const layer = this.#layers[checkLayer(sent, this.#layerOptions.length, this.#name)];
    if (!layer) throw new Error(`${this.#name} has no such layer`);
    return layer;
  }

  #timestampOf(time: number, { clockRate }: RtpCodec): number {
    const ticks = Math.round((time * clockRate) / 1_000) + this.#identity.timestampOffset;
    return ((ticks % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }
}
