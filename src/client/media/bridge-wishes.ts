/**
 * What we want of the bridge and what our sources show, over all the bridges that come and go: each is told when it is there, and tells
 * its channel again at every open.
 */
import { defined } from '../../base/defined.ts';
import { UsageError } from '../../base/errors.ts';
import {
  type AudioSubscription,
  buildAudioSubscription,
  type BridgeVideoType,
  mergeReceiverVideoConstraints,
  type ReceiverVideoConstraints,
} from '../../jitsi/bridge-messages/index.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { checkOptions, isObject, nameOf, type Kind, type Kinds } from '../check-arguments.ts';
import { SourceHeights } from './remote/source-heights.ts';
import type { VideoRequest } from '../session/video-request.ts';

/** The values are looked at where the message is made; a name that is none would be left out of it. */
const any: Kind = { words: '', fits: () => true };
const requestKinds: Kinds<VideoRequest> = {
  maxHeight: any,
  maxFrameRate: any,
  lastN: any,
  selectedSources: any,
  onStageSources: any,
  constraints: any,
  assumedBandwidthBps: any,
};

/** What a bridge is told with. */
type Teller = Pick<
  Bridge,
  'sendReceiverVideoConstraints' | 'sendAudioSubscription' | 'sendVideoType' | 'forgetVideoTypes' | 'closed'
>;

export class BridgeWishes {
  /** One as a rule; each session has its own when sessions are the caller's. */
  readonly #bridges = new Set<Teller>();
  readonly #videoTypes = new Map<string, BridgeVideoType>();
  /** What the program asks for as a whole. */
  #video: ReceiverVideoConstraints | undefined;
  /** What parts of it ask for, by source name. */
  readonly #heights = new SourceHeights();
  #audio: AudioSubscription | undefined;
  /** Heights have changed, and bridges do not know yet. */
  #isTelling = false;

  /** Somebody asked for video or audio, so that a channel is needed. */
  get isAsked(): boolean {
    return this.video !== undefined || this.#audio !== undefined;
  }

  /** What was asked for, over all requests. */
  get video(): ReceiverVideoConstraints | undefined {
    return this.#heights.isEmpty ? this.#video : this.#heights.addedTo(this.#video);
  }

  use(bridge: Teller): void {
    const { video } = this;
    if (video) bridge.sendReceiverVideoConstraints(video);
    if (this.#audio) bridge.sendAudioSubscription(this.#audio);
    for (const [source, type] of this.#videoTypes) bridge.sendVideoType(type, { source });
    this.#bridges.add(bridge);
    void bridge.closed.then(() => this.#bridges.delete(bridge));
  }

  /** @throws UsageError `bridge-message-invalid`, `option-unknown` */
  requestVideo(request: VideoRequest | number): void {
    if (isObject(request)) checkOptions('asking for video', requestKinds, request);
    const change = this.#constraintsOf(request);
    this.#video = mergeReceiverVideoConstraints(this.#video ?? {}, change);
    if (this.#heights.isEmpty) this.#tell(change);
    else this.#tell(this.#heights.addedTo(this.#video));
  }

  /** Wants a source at least so high, whatever else is asked for. @returns withdraws it */
  requestHeight(source: string, maxHeight: number): () => void {
    const withdraw = this.#heights.add(source, maxHeight);
    this.#tellHeights();
    return () => {
      if (withdraw()) this.#tellHeights();
    };
  }

  /** It is gone: nobody wants it any more. */
  forgetSource(source: string): void {
    if (this.#heights.forget(source)) this.#tellHeights();
  }

  /** @throws UsageError `bridge-message-invalid` */
  requestAudio(subscription: AudioSubscription): void {
    // Refused here, for there may be no bridge yet.
    buildAudioSubscription(subscription);
    this.#audio = subscription;
    for (const bridge of this.#bridges) bridge.sendAudioSubscription(subscription);
  }

  setVideoType(source: string, type: BridgeVideoType): void {
    this.#videoTypes.set(source, type);
    for (const bridge of this.#bridges) bridge.sendVideoType(type, { source });
  }

  /** What our sources were called means nothing any more. */
  forgetVideoTypes(): void {
    this.#videoTypes.clear();
    for (const bridge of this.#bridges) bridge.forgetVideoTypes();
  }

  /** Soon, for all that change now: each message has all sources. */
  #tellHeights(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.#tell(this.#heights.addedTo(this.#video));
    });
  }

  #tell(constraints: ReceiverVideoConstraints): void {
    for (const bridge of this.#bridges) bridge.sendReceiverVideoConstraints(constraints);
  }

  #constraintsOf(request: VideoRequest | number): ReceiverVideoConstraints {
    if (typeof request === 'number') return { defaultConstraints: { maxHeight: request } };
    // Programs without types may ask for anything, such as a height that is text.
    if (typeof request !== 'object' || request === null)
      throw new UsageError(`asking for video: ${nameOf(request)} is no number of pixels`, {
        code: 'bridge-message-invalid',
      });
    const { maxFrameRate, maxHeight, ...rest } = request;
    if (maxHeight === undefined && maxFrameRate === undefined) return rest;
    const height = maxHeight ?? this.#video?.defaultConstraints?.maxHeight ?? -1;
    return { ...rest, defaultConstraints: defined({ maxHeight: height, maxFrameRate }) };
  }
}
