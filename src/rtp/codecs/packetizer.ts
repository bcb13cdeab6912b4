/** What every codec's packetizer does. */

export interface PacketizedPayload {
  payload: Uint8Array;
  /** The last of its frame. */
  marker: boolean;
  /** To be sent as that header extension, where the offer has it. */
  dependencyDescriptor?: Uint8Array;
}

/** Cuts one source's frames into RTP payloads; counts pictures from one to the next. */
export interface Packetizer {
  /** @param temporalId of VP8 frames that come in temporal layers */
  packetize(data: Uint8Array, temporalId?: number): PacketizedPayload[];
}
