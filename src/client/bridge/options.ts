/** What a bridge is made of and attached to, by the conference. */
import type { Clock } from '../../base/clock.ts';
import type { JitsiError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { ChannelEnd } from '../../rtc/bridge-channel.ts';
import type { RawForm } from '../../rtc/raw-message.ts';
import type { WireEntry } from '../wire.ts';

export interface BridgeOptions {
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** Gets every message both ways, long ones cut. */
  wire?: ((entry: WireEntry) => void) | undefined;
  /** Endpoint ids of the others in the room. */
  endpoints(): readonly string[];
  /** Whether there is anybody with that endpoint id; we are. */
  isHere(endpointId: string): boolean;
  /** Messages while the channel is down. */
  whenDown: 'refuse' | 'queue';
  /** Bytes that are kept while it is down. */
  queueLimit: number;
}

export interface AttachOptions {
  /** Nobody else is in the room. */
  isAlone(): boolean;
  /** The channel has ended by itself, and only a new session can bring another. It is detached already. */
  ended(end: ChannelEnd): void;
  /** Hears, once, that the channel of the first choice does not open and the other is used. Default: a `warning` of the bridge. */
  fellBack?(error: JitsiError): void;
}

export interface RawOptions {
  /** Default `field`; `payload` is for bridges that drop fields they do not know. */
  rawForm?: RawForm;
}

export interface StreamOptions {
  /**
   * Unread messages at which the socket is held back; 8 MiB of them do that too. Default 1000. A bridge closes a socket over which
   * nothing has gone for a minute.
   */
  limit?: number;
  /** Ends the loop when it is aborted. */
  signal?: AbortSignal;
}

export interface WaitOptions {
  signal?: AbortSignal;
}
