/**
 * A voice agent that can be interrupted; its model and its voice are stubs. Without an address it talks to a guest of its own:
 * node examples/voice-agent.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { join } from 'jitsi-headless';
import { pcm, soundLevel, Speaker, utterances } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';

async function converse(conference, { think, synthesise }) {
  const speaker = new Speaker({ sampleRate: 24_000 });
  speaker.attach(conference);
  let answered;
  const turnTo = (utterance) => {
    answered = utterance;
    speaker.clear();
  };
  async function answer(utterance) {
    const speech = [];
    for await (const { samples } of utterance.audio) speech.push(samples);
    turnTo(utterance);
    for await (const samples of synthesise(await think(speech, utterance.participant))) {
      if (answered !== utterance) return;
      await speaker.write(samples);
    }
  }
  const all = utterances(conference, { sampleRate: 16_000 });
  all.on('speakingStarted', () => turnTo(undefined));
  for await (const utterance of all) answer(utterance).catch((error) => console.error(error.message));
}

const tone = (seconds) => Int16Array.from({ length: seconds * 24_000 }, (_, i) => 8000 * Math.sin(i / 17));
const think = async (speech, participant) =>
  `${participant?.displayName}, you spoke for ${speech.length / 50} s`;
const [made, heard] = [[], []];
async function* synthesise(_text) {
  made.push(performance.now());
  yield* [tone(0.1), tone(10)];
}
if (process.argv[2]) {
  await converse(await join(process.argv[2], { nick: 'Agent' }), { think, synthesise });
} else {
  const sandbox = await createSandbox();
  const [agent, ada] = await Promise.all(['Agent', 'Ada'].map((nick) => join(`${sandbox.url}/a`, { nick })));
  const added = new Promise((resolve) => ada.once('trackAdded', resolve));
  void converse(agent, { think, synthesise });
  const voice = new Speaker({ sampleRate: 24_000 });
  voice.attach(ada);
  await voice.write(tone(1));
  for await (const { samples } of pcm((await added).track)) {
    const isLoud = soundLevel(samples).level < 40;
    if (isLoud && heard.push(performance.now()) === 1) await voice.write(tone(1));
    if (!isLoud && heard.length > 0) break;
  }
  await Promise.all([agent.leave(), ada.leave(), sandbox.close()]);
  const delay = Math.round(heard[0] - made[0]);
  assert.ok(delay < 2000 && heard.length < 250, 'heard soon, and not to its end of 10 s');
  console.log(`the answer was heard ${delay} ms after its first sound was made, and silenced`);
}
