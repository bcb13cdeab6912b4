/** Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). */

export interface TransportFeedback {
  /** Transport-wide sequence number of the first packet. */
  baseSequenceNumber: number;
  /** 24 bits, in units of 64 ms. */
  referenceTime: number;
  /** 8 bits, counts feedback packets. */
  feedbackCount: number;
  /** For each packet from the first on: when it arrived, in units of 0.25 ms after `referenceTime`; undefined when it did not. */
  arrivals: readonly (number | undefined)[];
}
