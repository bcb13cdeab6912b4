/** What became of a packet. Times are ms, each of its side's clock. */
export interface PacketResult {
  sent: number;
  bytes: number;
  /** Undefined when it did not arrive, as far as is known. */
  arrival: number | undefined;
  /** The cluster of probes that it was part of; 0 or undefined: none. */
  probe?: number | undefined;
}
