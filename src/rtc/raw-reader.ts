/**
 * The fast way for raw bytes: all messages of one sender are alike but for their base64. What stands before and after it is learned from
 * a message that was parsed, compared byte by byte with those that follow, and only the base64 is decoded. Whatever
 * differs is parsed as JSON.
 */
import {
  type BridgeMessage,
  type EndpointMessage,
  parseBridgeMessage,
} from '../jitsi/bridge-messages/index.ts';
import { decodeBase64At, rawTextOf } from './raw-message.ts';

/** Raw bytes of another participant. */
export interface ReceivedRaw {
  /** Endpoint id of the sender. */
  from: string;
  /** Our endpoint id; '' when it was sent to everybody. */
  to: string;
  /** Not used for anything else afterwards. */
  data: Uint8Array;
}

/** What stands around the base64. */
interface Envelope {
  head: Buffer;
  tail: Buffer;
  from: string;
  to: string;
  /** It has been met again. */
  isProven: boolean;
}

const quote = 0x22;
/** Senders that are kept apart. */
const envelopeLimit = 32;
/** Bytes of an envelope that is worth keeping. */
const envelopeSize = 4_096;
/** Places at which the base64 is looked for in a message. */
const placeLimit = 8;

export class RawReader {
  /** The one met last comes first. */
  readonly #envelopes: Envelope[] = [];
  /** Envelopes learned since one was met again: somebody may write each message differently. */
  #unproven = 0;
  /** Messages from which nothing is learned. */
  #pause = 0;

  /** The bytes in a message of a kind that was seen before; undefined when it has to be parsed. */
  read(message: Buffer): ReceivedRaw | undefined {
    for (const [index, envelope] of this.#envelopes.entries()) {
      const { head, tail, from, to } = envelope;
      if (!startsWith(message, head, tail.length) || !endsWith(message, tail)) continue;
      const data = decodeBase64At(message, head.length, message.length - tail.length);
      if (!data) return undefined;
      if (!envelope.isProven) this.#prove(envelope);
      if (index > 0) this.#moveToFront(index, envelope);
      return { from, to, data };
    }
    return undefined;
  }

  /** Whether the message is of a kind that was seen before and so has bytes in it and nothing else, for those who do not need them. */
  knows(message: Buffer): boolean {
    return this.#envelopes.some(({ head, tail }) => {
      if (!startsWith(message, head, tail.length) || !endsWith(message, tail)) return false;
      // The quote that ends the base64 is the first.
      return message.indexOf(quote, head.length) === message.length - tail.length;
    });
  }

  /** Takes note of a message that carries bytes. @param parsed what `message` says */
  learn(message: Buffer, parsed: EndpointMessage): void {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return;
    }
    const envelope = envelopeOf(message, parsed);
    if (!envelope) return;
    this.#envelopes.unshift(envelope);
    if (this.#envelopes.length > envelopeLimit) this.#envelopes.pop();
    this.#unproven += 1;
    this.#pause = 2 ** Math.min(this.#unproven, 10) - 2;
  }

  #prove(envelope: Envelope): void {
    envelope.isProven = true;
    this.#unproven = 0;
    this.#pause = 0;
  }

  #moveToFront(index: number, envelope: Envelope): void {
    this.#envelopes.splice(index, 1);
    this.#envelopes.unshift(envelope);
  }
}

function envelopeOf(message: Buffer, parsed: EndpointMessage): Envelope | undefined {
  const base64 = rawTextOf(parsed);
  if (base64 === undefined || message.length - base64.length > envelopeSize) return undefined;
  let place = -1;
  for (let tries = 0; tries < placeLimit; tries++) {
    place = message.indexOf(`"${base64}"`, place + 1, 'latin1');
    if (place < 0) return undefined;
    const head = message.subarray(0, place + 1);
    const tail = message.subarray(place + 1 + base64.length);
    if (surroundsRaw(head, tail, base64, parsed)) {
      // Copies: the message belongs to the socket.
      return {
        head: Buffer.from(head),
        tail: Buffer.from(tail),
        from: parsed.from,
        to: parsed.to,
        isProven: false,
      };
    }
  }
  return undefined;
}

/**
 * Whether what stands there is the field that is read, and not one that looks like it: another value in its place has to come out.
 * Base64 holds no quote and no backslash, so what is true of one value is true of every one.
 */
function surroundsRaw(head: Buffer, tail: Buffer, base64: string, parsed: EndpointMessage): boolean {
  const probe = base64 === 'AAAA' ? 'BBBB' : 'AAAA';
  let message: BridgeMessage;
  try {
    message = parseBridgeMessage(`${head.toString('utf8')}${probe}${tail.toString('utf8')}`);
  } catch {
    return false;
  }
  return (
    message.colibriClass === 'EndpointMessage' &&
    rawTextOf(message) === probe &&
    message.from === parsed.from &&
    message.to === parsed.to
  );
}

function startsWith(message: Buffer, head: Buffer, restLength: number): boolean {
  if (message.length < head.length + restLength) return false;
  // Backwards: senders differ near the end.
  for (let index = head.length - 1; index >= 0; index--) if (message[index] !== head[index]) return false;
  return true;
}

function endsWith(message: Buffer, tail: Buffer): boolean {
  const start = message.length - tail.length;
  for (let index = 0; index < tail.length; index++) if (message[start + index] !== tail[index]) return false;
  return true;
}
