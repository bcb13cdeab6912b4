/**
 * What we have told a bridge about ourselves and what we want. A bridge knows it only as long as the channel lasts, so it is told
 * again at every open (media dossier 5.8).
 */
import {
  type AudioSubscription,
  type BridgeVideoType,
  buildAudioSubscription,
  buildReceiverVideoConstraints,
  buildSourceVideoType,
  buildVideoType,
  mergeReceiverVideoConstraints,
  type ReceiverVideoConstraints,
} from '../../jitsi/bridge-messages/index.ts';

/** Each setter returns the message that tells the bridge. @throws UsageError `bridge-message-invalid`, and changes nothing */
export class KeptState {
  #constraints: ReceiverVideoConstraints | undefined;
  /** Messages by source name; '' is the older message, which names none. */
  readonly #videoTypes = new Map<string, string>();
  #audio: string | undefined;

  setConstraints(change: ReceiverVideoConstraints): string {
    const message = buildReceiverVideoConstraints(change);
    this.#constraints = mergeReceiverVideoConstraints(this.#constraints ?? {}, change);
    return message;
  }

  setVideoType(type: BridgeVideoType, source: string | undefined): string {
    const message = source === undefined ? buildVideoType(type) : buildSourceVideoType(source, type);
    this.#videoTypes.set(source ?? '', message);
    return message;
  }

  /** The names of our sources mean nothing any more. */
  forgetVideoTypes(): void {
    this.#videoTypes.clear();
  }

  setAudioSubscription(subscription: AudioSubscription): string {
    return (this.#audio = buildAudioSubscription(subscription));
  }

  /** Everything, in the order of 5.8. */
  messages(): string[] {
    const constraints = this.#constraints ? [buildReceiverVideoConstraints(this.#constraints)] : [];
    const audio = this.#audio === undefined ? [] : [this.#audio];
    return [...constraints, ...this.#videoTypes.values(), ...audio];
  }
}
