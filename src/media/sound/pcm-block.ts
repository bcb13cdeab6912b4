/** Sound as samples, at a known time. */
export interface PcmBlock {
  /** Interleaved, 16 bits each. */
  samples: Int16Array;
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
  /** ms since the epoch, when its first sample was captured. */
  timestamp: number;
  /** `decoded`: as it was sent. `concealed`: made up for lost packets. `silence`: nothing was sent. */
  origin: 'decoded' | 'concealed' | 'silence';
}

/** ms since the epoch, when its last sample was over. */
export function endOf({ channels, sampleRate, samples, timestamp }: PcmBlock): number {
  return timestamp + (samples.length / channels / sampleRate) * 1_000;
}
