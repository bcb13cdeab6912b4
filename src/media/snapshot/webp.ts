/**
 * A key frame of VP8 as a WebP picture, without decoding it: the simple lossy format is that frame in a RIFF file (WebP container
 * specification, "Simple File Format (Lossy)").
 */
export function webpOf(keyFrame: Uint8Array): Uint8Array {
  const padding = keyFrame.length % 2;
  const file = new Uint8Array(20 + keyFrame.length + padding);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string): void => file.set(new TextEncoder().encode(letters), at);
  text(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  text(8, 'WEBP');
  text(12, 'VP8 ');
  view.setUint32(16, keyFrame.length, true);
  file.set(keyFrame, 20);
  // show_frame (RFC 6386, 9.1): readers of pictures refuse a frame that is not to be shown.
  file[20] = (keyFrame[0] ?? 0) | 0x10;
  return file;
}
