/** How long an Opus packet sounds (RFC 6716, 3.1 and 3.2): it says so itself. */

/** ms of a frame by the configuration's lowest two bits: SILK, then hybrid, then CELT. */
const silk = [10, 20, 40, 60];
const hybrid = [10, 20, 10, 20];
const celt = [2.5, 5, 10, 20];
/** ms */
const longest = 120;

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
