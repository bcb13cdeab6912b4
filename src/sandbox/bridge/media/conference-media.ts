/** The media half of a conference: who sends what to whom, what senders and receivers are told of it, who speaks. */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import type { SourceSet } from '../../../jingle/model.ts';
import {
  connectionStats,
  dominantSpeaker,
  forwardedSources,
  senderSourceConstraints,
} from '../channel/bridge-message.ts';
import type { AudioSubscription, ReceiverConstraints, VideoType } from '../channel/client-message.ts';
import { AudioAudience } from './allocation/audio-audience.ts';
import type { EndpointMedia } from './endpoint-media.ts';
import { requestKeyFrame } from './incoming/key-frame-relay.ts';
import { mostBandwidth } from './downlink/downlink.ts';
import type { MediaFaults } from './media-faults.ts';
import { describeSources, MediaSource } from './incoming/media-source.ts';
import type { OutgoingStream } from './outgoing/outgoing-stream.ts';
import { PacketRouter, type PacketRouterOptions } from './packet-router.ts';
import { ReceiverFeedback } from './outgoing/receiver-feedback.ts';
import { SpeechActivity } from './incoming/speech-activity.ts';
import { namesOf, VideoAllocation } from './allocation/video-allocation.ts';

const tickInterval: Milliseconds = 20;
/** Without packets for so long there is nothing left to be told. */
const idleAfter: Milliseconds = 2_000;
const speechInterval: Milliseconds = 100;
/** Names that one endpoint may tell types of, whether it has such sources or not. */
const maxVideoTypes = 100;
const statsInterval: Milliseconds = 10_000;
/** `max-time-between-calculations` */
const allocationInterval: Milliseconds = 5_000;
/** `bwe-change-threshold` */
const changeThreshold = 0.15;

export interface ConferenceMediaOptions {
  /** With which the bridge sends its RTCP. */
  bridgeSsrc: number;
  faults: MediaFaults;
  /** With fractions of a millisecond. */
  clock: Clock;
  dropped: PacketRouterOptions['dropped'];
}

export class ConferenceMedia {
  readonly #options: ConferenceMediaOptions;
  readonly #endpoints = new Set<EndpointMedia>();
  readonly #byId = new Map<string, EndpointMedia>();
  readonly #speech = new SpeechActivity();
  readonly #audio: AudioAudience;
  readonly #video: VideoAllocation;
  readonly #router: PacketRouter;
  readonly #feedback: ReceiverFeedback;
  #lastPacket: Milliseconds = 0;
  #lastSpeechCheck: Milliseconds = 0;
  #lastStats: Milliseconds;
  #cancelTick: (() => void) | undefined;
  /** Who is sent a cluster of probes, and how to stop that. */
  readonly #probing = new Map<EndpointMedia, () => void>();

  constructor(options: ConferenceMediaOptions) {
    const { bridgeSsrc, dropped } = options;
    this.#options = options;
    this.#lastStats = options.clock.now();
    this.#audio = new AudioAudience(this.#endpoints);
    this.#video = new VideoAllocation({
      receivers: this.#endpoints,
      speakers: () => this.#speakers(),
      bandwidthOf: (receiver) => this.#bandwidthOf(receiver) ?? Infinity,
      now: () => options.clock.now(),
    });
    const audience = (source: MediaSource): ReadonlySet<OutgoingStream> =>
      source.kind === 'audio' ? this.#audio.of(source) : this.#video.audienceOf(source);
    this.#feedback = new ReceiverFeedback({
      bridgeSsrc,
      audience,
      estimated: (receiver, now) => {
        this.#checkEstimate(receiver);
        this.#probe(receiver, now);
      },
    });
    this.#router = new PacketRouter({
      bridgeSsrc,
      audience,
      heard: ({ id }, level, now) => this.#speech.heard(id, level, now),
      dropped,
    });
  }

  add(endpoint: EndpointMedia): void {
    this.#endpoints.add(endpoint);
    this.#byId.set(endpoint.id, endpoint);
    this.#audio.changed();
    if (this.#endpoints.size === 2) this.#video.audienceChanged();
  }

  /** Packets can be sent to it now: the videos that it wants begin with key frames, which are asked for at once. */
  connected(endpoint: EndpointMedia): void {
    if (endpoint.isConnected) return;
    endpoint.isConnected = true;
    const { bridgeSsrc, clock } = this.#options;
    for (const [source, { encoding }] of endpoint.forwarded) {
      requestKeyFrame(source, encoding, bridgeSsrc, clock.now());
    }
  }

  remove(endpoint: EndpointMedia): void {
    if (!this.#endpoints.delete(endpoint)) return;
    this.#probing.get(endpoint)?.();
    this.#probing.delete(endpoint);
    if (this.#byId.get(endpoint.id) === endpoint) this.#byId.delete(endpoint.id);
    this.#video.receiverGone(endpoint);
    this.#dropSources(endpoint, [...endpoint.sources.values()]);
    this.#audio.changed();
    this.#speech.forget(endpoint.id);
  }

  /** All sources that an endpoint has from now on. */
  setSources(endpoint: EndpointMedia, set: SourceSet): void {
    const described = new Map(describeSources(endpoint.id, set).map((each) => [each.name, each]));
    const gone = [...endpoint.sources.values()].filter((source) => {
      const description = described.get(source.name);
      return !description || !source.matches(description);
    });
    this.#dropSources(endpoint, gone);
    const added: MediaSource[] = [];
    for (const description of described.values()) {
      if (endpoint.sources.has(description.name)) continue;
      const source = new MediaSource(endpoint, description);
      endpoint.sources.set(source.name, source);
      for (const stream of source.streams) endpoint.incoming.set(stream.ssrc, { source, stream });
      added.push(source);
    }
    this.#video.sourcesChanged(added.filter(({ kind }) => kind === 'video'));
  }

  setVideoType(endpoint: EndpointMedia, name: string, type: VideoType): void {
    if (endpoint.videoTypes.size >= maxVideoTypes && !endpoint.videoTypes.has(name)) return;
    endpoint.videoTypes.set(name, type);
    const source = endpoint.sources.get(name);
    if (source?.kind === 'video') this.#video.sourcesChanged([source]);
  }

  setConstraints(endpoint: EndpointMedia, constraints: ReceiverConstraints): void {
    endpoint.settings.apply(constraints);
    this.#video.receiverChanged(endpoint);
  }

  setLastN(endpoint: EndpointMedia, lastN: number): void {
    endpoint.settings.setLastN(lastN);
    this.#video.receiverChanged(endpoint);
  }

  setInitialLastN(endpoint: EndpointMedia, lastN: number): void {
    endpoint.settings.setInitialLastN(lastN);
    this.#video.receiverChanged(endpoint);
  }

  setAudioSubscription(endpoint: EndpointMedia, subscription: AudioSubscription): void {
    endpoint.audioSubscription = subscription;
    this.#audio.changed();
  }

  /** An endpoint can be told something again: all that it may have missed. */
  tellState(endpoint: EndpointMedia): void {
    for (const { name, toldHeight } of endpoint.sources.values()) {
      if (toldHeight !== undefined) endpoint.send(senderSourceConstraints(name, toldHeight));
    }
    endpoint.send(forwardedSources(namesOf(endpoint)));
    endpoint.tellAllSlots();
  }

  tellSpeaker(endpoint: EndpointMedia): void {
    const { dominant, previous } = this.#speech;
    if (dominant !== undefined) endpoint.send(dominantSpeaker(dominant, previous));
  }

  /** The estimate of everybody's downlink is another. */
  downlinkChanged(): void {
    for (const endpoint of this.#endpoints) this.#video.bandwidthChanged(endpoint);
    this.#tellEstimate(mostBandwidth);
  }

  /** @param late ms ago it arrived */
  receiveRtp(endpoint: EndpointMedia, packet: Uint8Array, late: Milliseconds): void {
    if (!this.#endpoints.has(endpoint)) return;
    const now = this.#options.clock.now();
    this.#lastPacket = now;
    this.#router.receive(endpoint, packet, now - late, now);
    this.#cancelTick ??= this.#options.clock.schedule(tickInterval, () => this.#tick());
  }

  receiveRtcp(endpoint: EndpointMedia, compound: Uint8Array): void {
    if (this.#endpoints.has(endpoint)) this.#feedback.receive(endpoint, compound, this.#options.clock.now());
  }

  close(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    for (const cancel of this.#probing.values()) cancel();
    this.#probing.clear();
    this.#endpoints.clear();
  }

  #tick(): void {
    const { clock } = this.#options;
    const now = clock.now();
    const isIdle = now - this.#lastPacket > idleAfter;
    this.#cancelTick = isIdle ? undefined : clock.schedule(tickInterval, () => this.#tick());
    for (const { feedback, incoming, lastPacket } of this.#endpoints) {
      if (now - lastPacket <= idleAfter) feedback.tick(incoming.values(), now);
    }
    for (const receiver of this.#endpoints) receiver.pad(this.#options.faults.downlink, now);
    if (now - this.#lastSpeechCheck >= speechInterval) {
      this.#lastSpeechCheck = now;
      if (this.#speech.check(now)) this.#speakerChanged();
      this.#checkLayers(now);
    }
    if (now - this.#lastStats >= statsInterval) {
      this.#lastStats = now;
      this.#tellEstimate();
    }
  }

  /** What is sent changes by itself: who gets which layer is decided anew when layers come or go, and now and then. */
  #checkLayers(now: Milliseconds): void {
    const changed: MediaSource[] = [];
    for (const { sources } of this.#endpoints) {
      for (const source of sources.values()) {
        if (source.kind === 'video' && source.layersChanged(now)) changed.push(source);
      }
    }
    if (changed.length > 0) this.#video.layersChanged(changed);
    for (const receiver of this.#endpoints) {
      this.#checkEstimate(receiver);
      if (receiver.wants.size > 0 && now - receiver.allocated.at >= allocationInterval) {
        this.#video.bandwidthChanged(receiver);
      }
    }
  }

  /** bit/s: the fault's, else what is estimated; undefined when nobody knows */
  #bandwidthOf({ allocatedFor }: EndpointMedia): number | undefined {
    const { downlink } = this.#options.faults;
    return downlink === Infinity ? allocatedFor : downlink;
  }

  /** Small changes of the estimate change nothing; larger ones what a receiver gets. */
  #checkEstimate(receiver: EndpointMedia): void {
    const { allocatedFor, estimate } = receiver;
    if (estimate === undefined) return;
    if (allocatedFor !== undefined && Math.abs(estimate - allocatedFor) <= changeThreshold * allocatedFor)
      return;
    receiver.allocatedFor = estimate;
    this.#video.bandwidthChanged(receiver);
  }

  #probe(receiver: EndpointMedia, now: Milliseconds): void {
    // Under the fault it is known what fits.
    if (this.#probing.has(receiver) || this.#options.faults.downlink !== Infinity) return;
    const next = receiver.probe(now);
    if (next === undefined) return;
    const { clock } = this.#options;
    const cancel = clock.schedule(next, () => {
      this.#probing.delete(receiver);
      this.#probe(receiver, clock.now());
    });
    this.#probing.set(receiver, cancel);
  }

  /** @param otherwise bit/s for those of whom nothing is known; default: they are told nothing */
  #tellEstimate(otherwise?: number): void {
    const { downlink } = this.#options.faults;
    for (const each of this.#endpoints) {
      const estimate = downlink === Infinity ? (each.downlink.estimate ?? otherwise) : downlink;
      if (estimate !== undefined) each.send(connectionStats(Math.floor(estimate)));
    }
  }

  #speakerChanged(): void {
    const { dominant, previous } = this.#speech;
    if (dominant === undefined) return;
    const message = dominantSpeaker(dominant, previous);
    for (const endpoint of this.#endpoints) endpoint.send(message);
    this.#video.speakersChanged();
  }

  /** Those who spoke last, the latest first. */
  *#speakers(): Iterable<EndpointMedia> {
    const { dominant, previous } = this.#speech;
    const ids = dominant === undefined ? previous : [dominant, ...previous];
    for (const id of ids) {
      const endpoint = this.#byId.get(id);
      if (endpoint) yield endpoint;
    }
  }

  #dropSources(endpoint: EndpointMedia, sources: readonly MediaSource[]): void {
    if (sources.length === 0) return;
    for (const source of sources) {
      endpoint.sources.delete(source.name);
      for (const { ssrc } of source.streams) endpoint.incoming.delete(ssrc);
    }
    this.#video.sourcesGone(sources.filter(({ kind }) => kind === 'video'));
    for (const receiver of this.#endpoints) for (const source of sources) receiver.forget(source);
  }
}
