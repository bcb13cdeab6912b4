/** What this process has used so far: all its threads, garbage collection and native ones too. */
export function usage() {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    /** ms, of a clock of this process */
    at: performance.now(),
    /** s */
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    peakBytes: maxRSS * 1024,
  };
}
