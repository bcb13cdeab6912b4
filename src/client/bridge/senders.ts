/** What can be said over a bridge. Whether it goes at once, later or not at all is the bridge's. */
import {
  type AudioSubscription,
  type BridgeVideoType,
  buildEndpointMessage,
  buildEndpointStats,
  buildTextMessage,
  type EndpointStatistics,
  type ReceiverVideoConstraints,
} from '../../jitsi/bridge-messages/index.ts';
import { encodeRaw } from '../../rtc/raw-message.ts';
import { checkArgument, type Kind } from '../check-arguments.ts';
import { notJson } from './errors.ts';
import { KeptState } from './kept-state.ts';
import type { RawOptions } from './options.ts';
import type { Outgoing } from './outbox.ts';

const bytes: Kind = { words: 'a Uint8Array', fits: (value) => value instanceof Uint8Array };

export abstract class BridgeSenders {
  protected readonly kept: KeptState = new KeptState();

  abstract get sizeLimit(): number | undefined;
  abstract get canSend(): boolean;
  /** @param to endpoint id; '' for everybody else @returns false: stop until there is room */
  protected abstract send(message: Outgoing, to?: string): boolean;
  protected abstract isReachable(to: string): boolean;
  /** Of what is kept: the message that tells of a change. */
  protected abstract tell(message: string): void;

  /**
   * Which video we want. Fields that are there replace what was said before, the others stay; a bridge sends no video at all before
   * the first. Kept, and sent again whenever the channel opens; may be called while it is down.
   * @throws UsageError `bridge-message-invalid`, `message-too-large`
   */
  sendReceiverVideoConstraints(constraints: ReceiverVideoConstraints): void {
    this.tell(this.kept.setConstraints(constraints));
  }

  /**
   * How many video sources we want at most; -1: all. The same as `sendReceiverVideoConstraints({ lastN })`: it also starts video,
   * which the older LastNChangedEvent alone does not.
   */
  sendLastN(lastN: number): void {
    this.sendReceiverVideoConstraints({ lastN });
  }

  /**
   * What a video source of ours shows; `none`: nothing for now. Kept as the constraints are.
   * @param options.source its name, as `0d096f1b-v0`; without it the first, in the older form
   * @throws UsageError `bridge-message-invalid`
   */
  sendVideoType(type: BridgeVideoType, options: { source?: string } = {}): void {
    this.tell(this.kept.setVideoType(type, options.source));
  }

  /** Keeps no {@link sendVideoType} any more: our sources have other names. The conference calls it when it has rejoined as another. */
  forgetVideoTypes(): void {
    this.kept.forgetVideoTypes();
  }

  /**
   * Which audio we want: everything, until we say so. Replaces what was said before. Kept as the constraints are.
   * @throws UsageError `bridge-message-invalid`, `message-too-large`
   */
  sendAudioSubscription(subscription: AudioSubscription): void {
    this.tell(this.kept.setAudioSubscription(subscription));
  }

  /**
   * Sends a payload to another participant, as lib-jitsi-meet does. As with all that follow, what is lost with a connection
   * that breaks is not sent again.
   * @param to endpoint id; '' for everybody else
   * @returns false: stop, until `await bridge.drained()`
   * @throws UsageError `no-such-endpoint`, `bridge-message-invalid`, `message-too-large`; ConnectionError `bridge-not-open`,
   *   `bridge-queue-full`, `bridge-closed`
   */
  sendMessage(to: string, payload: unknown): boolean {
    return this.send(buildEndpointMessage(to, payload), to);
  }

  /**
   * Like {@link sendMessage}, with a text: as the payload `{ text }`, and beside it, where the Go program's `dc` has it; one that
   * does not fit twice is in the payload only.
   */
  sendText(to: string, text: string): boolean {
    const message = buildTextMessage(to, text);
    const fits = this.sizeLimit === undefined || Buffer.byteLength(message) <= this.sizeLimit;
    return fits ? this.send(message, to) : this.sendMessage(to, { text });
  }

  /** Like {@link sendMessage}, with bytes as base64: 4 for every 3, and about 60 more. The bytes may be changed afterwards. */
  sendRaw(to: string, bytes: Uint8Array, options: RawOptions = {}): boolean {
    return this.send(encodeRaw(to, bytes, options.rawForm), to);
  }

  /**
   * Like {@link sendRaw}, for those who would rather drop than wait.
   * @returns whether it was sent; false, and nothing is sent or kept, where the channel is not open or takes no more, or nobody has that id
   * @throws UsageError `bridge-message-invalid`, `message-too-large`
   */
  trySendRaw(to: string, bytes: Uint8Array, options: RawOptions = {}): boolean {
    const message = encodeRaw(to, bytes, options.rawForm);
    if (!this.canSend || !this.isReachable(to)) return false;
    this.send(message, to);
    return true;
  }

  /**
   * Like {@link sendMessage}, with the UTF-8 bytes of a whole message, as `encodeRaw` makes them: once for as often as it is sent. Nothing but the
   * size is checked. The bytes are not to be changed afterwards.
   * @throws UsageError `argument-invalid`; as {@link sendMessage}
   */
  sendRawFrame(frame: Uint8Array): boolean {
    checkArgument('sending a message to the bridge', 'the frame', bytes, frame);
    return this.send(frame);
  }

  /** Like {@link sendMessage}, with figures about our connection, for those who have us in view. */
  sendEndpointStats(statistics: EndpointStatistics): boolean {
    return this.send(buildEndpointStats(statistics));
  }

  /**
   * Like {@link sendMessage}, with a message as it is; nothing but its size is checked. A bridge drops what it does not understand
   * without a word.
   */
  sendJson(message: object | string): boolean {
    return this.send(typeof message === 'string' ? message : jsonOf(message));
  }
}

function jsonOf(message: object): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(message);
  } catch (error) {
    throw notJson(error);
  }
  if (json === undefined) throw notJson();
  return json;
}
