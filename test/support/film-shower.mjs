/** A program that shows the films of its arguments in the room of the first, one after the other, and says what becomes of each. */
import { join } from '../../dist/index.js';
import { showVideo } from '../../dist/media/index.js';

const [url, ...films] = process.argv.slice(2);
const conference = await join(url, { nick: 'films' });
for (const film of films) {
  const shown = await showVideo(conference, film);
  console.log(JSON.stringify({ type: 'shown', codec: shown.video.codec, sound: shown.audio !== undefined }));
  await shown.done;
  console.log(JSON.stringify({ type: 'done', frames: shown.video.statistics.frames }));
}
await conference.leave();
