import type { RandomBytes } from '../../base/random.ts';
import type { CodecName } from '../parameters.ts';
import { Av1Packetizer } from './av1/packetizer.ts';
import { packetizeH264 } from './h264/packetizer.ts';
import { Vp8Packetizer } from './vp8/packetizer.ts';
import { Vp9Packetizer } from './vp9/packetizer.ts';
import type { Packetizer } from './packetizer.ts';

/** Bytes: fits with all headers, SRTP and TURN in what every path carries. */
export const defaultMaxPayload = 1100;

/** @param maxPayload bytes, more than 20 and less than 16384 */
export function createPacketizer(
  codec: CodecName,
  random: RandomBytes,
  maxPayload: number = defaultMaxPayload,
): Packetizer {
  switch (codec) {
    case 'vp8':
      return new Vp8Packetizer(random, maxPayload);
    case 'vp9':
      return new Vp9Packetizer(random, maxPayload);
    case 'h264':
      return { packetize: (data) => packetizeH264(data, maxPayload) };
    case 'av1':
      return new Av1Packetizer(maxPayload);
    case 'opus':
      // RFC 7587, 4.2: a packet is a payload. The marker begins a spurt of talk, of which it knows nothing.
      return { packetize: (data) => (data.length > 0 ? [{ payload: data, marker: false }] : []) };
  }
}
