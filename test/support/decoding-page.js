/** Runs in the browser: decodes chunks of a clip, for clips-in-chromium.test.ts. */

/** Hands over what comes out of chunks `{ type, timestamp, bytes }`, in order. */
async function decode(Decoder, Chunk, configuration, chunks, output) {
  const failures = [];
  const decoder = new Decoder({ output, error: (error) => failures.push(error) });
  decoder.configure(configuration);
  for (const { bytes, ...chunk } of chunks)
    decoder.decode(new Chunk({ ...chunk, data: Uint8Array.from(bytes) }));
  await decoder.flush();
  if (failures.length > 0) throw failures[0];
}

/** Where the yellow ball is on each picture. */
globalThis.ballsOn = async (chunks) => {
  const balls = [];
  await decode(VideoDecoder, EncodedVideoChunk, { codec: 'vp8' }, chunks, (frame) => {
    balls.push(ballOn(frame));
    frame.close();
  });
  return balls;
};

function ballOn(frame) {
  const { displayWidth: width, displayHeight: height } = frame;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(frame, 0, 0);
  // Between the colour bars and the bar that fills.
  const { data } = context.getImageData(0, 60, width, height - 100);
  let [x, y, count] = [0, 0, 0];
  for (let index = 0; index < data.length; index += 4) {
    if (data[index] < 200 || data[index + 1] < 200 || data[index + 2] > 100) continue;
    x += (index / 4) % width;
    y += Math.floor(index / 4 / width);
    count += 1;
  }
  return { x: Math.round(x / count), y: Math.round(y / count) };
}

/** All samples, at 48 kHz. */
globalThis.samplesOf = async (chunks) => {
  const samples = [];
  const configuration = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 1 };
  await decode(AudioDecoder, EncodedAudioChunk, configuration, chunks, (audio) => {
    const plane = new Float32Array(audio.numberOfFrames);
    audio.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
    audio.close();
    samples.push(...plane);
  });
  return samples;
};
