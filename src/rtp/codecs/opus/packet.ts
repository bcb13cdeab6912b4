/** What an Opus packet says of itself (RFC 6716, 3): how long it sounds, and whether its frames fill it as they have to. */

/** ms of a frame by the configuration's lowest two bits: SILK, then hybrid, then CELT. */
const silk = [10, 20, 40, 60];
const hybrid = [10, 20, 10, 20];
const celt = [2.5, 5, 10, 20];
/** ms */
const longest = 120;
/** Bytes of a frame. */
const largest = 1275;

/** ms; undefined when it is no Opus packet */
export function opusDuration(packet: Uint8Array): number | undefined {
  const [toc, second] = packet;
  if (toc === undefined) return undefined;
  const configuration = toc >> 3;
  const lengths = configuration < 12 ? silk : configuration < 16 ? hybrid : celt;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (second ?? 0) & 0x3f;
  const duration = frames * (lengths[configuration & 3] ?? 0);
  return duration > 0 && duration <= longest ? duration : undefined;
}

/** Whether a decoder would take the packet (3.4): samples of sound, as a rule, are none. */
export function isOpusPacket(packet: Uint8Array): boolean {
  if (opusDuration(packet) === undefined) return false;
  const length = packet.length;
  switch ((packet[0] ?? 0) & 3) {
    case 0:
      return length - 1 <= largest;
    case 1:
      return length % 2 === 1 && (length - 1) / 2 <= largest;
    case 2: {
      const first = frameLength(packet, 1);
      if (!first) return false;
      const rest = length - first.end - first.length;
      return rest >= 0 && rest <= largest;
    }
    default:
      return hasSeveralFrames(packet);
  }
}

/** Any number of frames, with padding and with lengths of their own if its second byte says so (3.2.5). */
function hasSeveralFrames(packet: Uint8Array): boolean {
  const head = packet[1] ?? 0;
  const frames = head & 0x3f;
  let offset = 2;
  let padding = 0;
  for (let byte = head & 0x40 ? 255 : 0; byte === 255; padding += byte === 255 ? 254 : byte) {
    if (offset >= packet.length) return false;
    byte = packet[offset++] ?? 0;
  }
  let rest = packet.length - padding;
  if ((head & 0x80) === 0) {
    rest -= offset;
    return rest >= 0 && rest % frames === 0 && rest / frames <= largest;
  }
  for (let frame = 1; frame < frames; frame++) {
    const next = frameLength(packet, offset);
    if (!next) return false;
    offset = next.end;
    rest -= next.length;
  }
  rest -= offset;
  return rest >= 0 && rest <= largest;
}

/** One or two bytes that say a frame's length (3.2.1), and where they end. */
function frameLength(packet: Uint8Array, offset: number): { length: number; end: number } | undefined {
  const [first, second] = packet.subarray(offset, offset + 2);
  if (first === undefined) return undefined;
  if (first < 252) return { length: first, end: offset + 1 };
  return second === undefined ? undefined : { length: second * 4 + first, end: offset + 2 };
}
