import type { EncodedFrame, EncodedTrack } from './media.ts';

/** The frames of a track in a loop; whoever leaves it can go on later. */
export async function* framesOf({
  read,
}: Pick<EncodedTrack, 'read'>): AsyncGenerator<EncodedFrame, void, undefined> {
  for (let frame = await read(); frame; frame = await read()) yield frame;
}
