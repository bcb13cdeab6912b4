/**
 * The header of a packet as it goes out, but for what differs from receiver to receiver. Of the sender's extensions the audio level, the
 * video orientation and the dependency descriptor are kept; the bridge adds its own (jitsi-videobridge `HeaderExtStripper.kt`,
 * `AbsSendTime.kt`, `TccSeqNumTagger.kt`).
 */
import { readUint16 } from '../../../../rtp/bytes.ts';
import { buildRtpHeader, extensionOf, type RtpExtension, type RtpHeader } from '../../../../rtp/packet.ts';
import type { ExtensionIds } from '../formats.ts';

export interface HeaderTemplate {
  /** To be copied, and written into at the places below; where a place is 0 there is nothing to write. */
  readonly bytes: Uint8Array;
  readonly transportSequenceAt: number;
  readonly absSendTimeAt: number;
  readonly dependencyDescriptorAt: number;
}

const kept = ['audioLevel', 'videoOrientation', 'dependencyDescriptor'] as const;
const oneByteProfile = 0xbede;

/** @param from the sender's identifiers @param to the receiver's @param mid to be stamped, if the receiver knows the extension */
export function headerTemplate(
  header: RtpHeader,
  from: ExtensionIds,
  to: ExtensionIds,
  mid?: Uint8Array,
): HeaderTemplate {
  const extensions: RtpExtension[] = [];
  const add = (id: number | undefined, value: Uint8Array | undefined): number => {
    if (id === undefined || value === undefined) return -1;
    return extensions.push({ id, value }) - 1;
  };
  let dependencyDescriptor = -1;
  for (const name of kept) {
    const index = add(to[name], extensionOf(header, from[name]));
    if (name === 'dependencyDescriptor') dependencyDescriptor = index;
  }
  add(to.mid, mid);
  const transportSequence = add(to.transportSequence, new Uint8Array(2));
  // Whoever estimates by transport-wide feedback has no use for it.
  const absSendTime = to.transportSequence === undefined ? add(to.absSendTime, new Uint8Array(3)) : -1;
  const bytes = buildRtpHeader({ ...header, extensions });
  const places = placesOf(bytes, extensions);
  return {
    bytes,
    transportSequenceAt: places[transportSequence] ?? 0,
    absSendTimeAt: places[absSendTime] ?? 0,
    dependencyDescriptorAt: places[dependencyDescriptor] ?? 0,
  };
}

/** Where the values of the extensions are. */
function placesOf(header: Uint8Array, extensions: readonly RtpExtension[]): number[] {
  const headLength = readUint16(header, 12) === oneByteProfile ? 1 : 2;
  let offset = 16;
  return extensions.map(({ value }) => {
    const place = offset + headLength;
    offset = place + value.length;
    return place;
  });
}
