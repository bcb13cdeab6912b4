/**
 * One participant who does something with all that others send. Requests: `join`, `use` (what is done from then on, instead of what was done
 * before), `look`, `collect`, `stop`.
 */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { createDecoder } from 'libopus-wasm';
import { join } from '../../../dist/index.js';
import { pcm, record } from '../../../dist/media/index.js';
import { serve } from '../media/lines.mjs';
import { usage } from '../usage.mjs';

const height = 360;
let conference;
let folder;
let recordings = 0;
/** Ends what is done now. */
let end = async () => {};
/** Frames, or blocks of samples, that were read. */
let read = 0;

/** Reads each track until the end. */
function readAll(readOne) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const done = Promise.all([...conference.tracks.values()].map((track) => readOne(track, stop.signal)));
  return async () => {
    stop.abort();
    await done;
  };
}

const uses = {
  nothing: () => async () => {},
  listen: () =>
    readAll(async (track, signal) => {
      for await (const _ of track.frames({ signal })) read += 1;
    }),
  record() {
    const recorder = record(conference, { directory: joinPath(folder, String((recordings += 1))), height });
    return () => recorder.stop();
  },
  pcm: () =>
    readAll(async (track, signal) => {
      for await (const _ of pcm(track, { signal })) read += 1;
    }),
  /** The library with nothing above it. */
  codec: () =>
    readAll(async (track, signal) => {
      const decoder = await createDecoder({ sampleRate: 48_000, channels: 1 });
      for await (const { data } of track.frames({ signal })) {
        decoder.decode(data);
        read += 1;
      }
      decoder.free();
    }),
};

const packetsOf = () =>
  [...conference.tracks.values()].reduce((sum, { statistics }) => sum + statistics.packets, 0);

await serve({
  async join({ host, room }) {
    conference = await join({ host, room, nick: 'listener' });
    conference.requestVideo(height);
    folder = await mkdtemp(joinPath(tmpdir(), 'bench-toolkit-'));
  },
  async use({ what }) {
    await end();
    end = uses[what]();
  },
  look() {
    const tracks = [...conference.tracks.values()];
    return {
      receiving: tracks.filter(({ statistics }) => statistics.packets > 0).length,
      packets: packetsOf(),
      lost: tracks.reduce((sum, { statistics }) => sum + statistics.lost, 0),
      read,
      ...usage(),
    };
  },
  /** Bytes that are held, once what is garbage has been given back. */
  collect() {
    globalThis.gc();
    globalThis.gc();
    return process.memoryUsage();
  },
  async stop() {
    await end();
    await conference.leave();
    await rm(folder, { recursive: true, force: true });
  },
});
