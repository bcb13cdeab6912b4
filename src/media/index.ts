/** Voices, players, recordings, pictures: `jitsi-headless/media`. */
export type {
  EncodedAudio,
  EncodedFrame,
  EncodedTrack,
  EncodedVideo,
  Media,
  MediaFormat,
} from './container/media.ts';
export { openMedia } from './container/open-media.ts';
export { mix, type MixOptions } from './hearing/mix.ts';
export type { MixStream } from './hearing/mix-stream.ts';
export { pcm, type PcmOptions } from './hearing/pcm.ts';
export type { PcmStream } from './hearing/pcm-stream.ts';
export type { SoundOptions } from './hearing/sound-options.ts';
export type { UtteranceEnd } from './hearing/speech-segments.ts';
export type { Utterance } from './hearing/utterance.ts';
export {
  type SpeakingEvent,
  type UtteranceEvents,
  type UtteranceOptions,
  utterances,
  type Utterances,
} from './hearing/utterances.ts';
export { createOpusDecoder } from './opus/decoder.ts';
export { createOpusEncoder } from './opus/encoder.ts';
export type {
  OpusDecoder,
  OpusDecoderOptions,
  OpusEncoder,
  OpusEncoderOptions,
  OpusSampleRate,
} from './opus/types.ts';
export type { MediaOrigin } from './origin/byte-source.ts';
export type { OriginOptions } from './origin/open-origin.ts';
export type { RecordOptions } from './recording/options.ts';
export { record } from './recording/record.ts';
export { Recorder } from './recording/recorder.ts';
export type { RecorderEvents, RecorderStatistics, RecordingEnd } from './recording/recorder.ts';
export type {
  EncryptedSource,
  GapReason,
  RecordedFile,
  TimelineEntry,
  TimelineEvent,
} from './recording/timeline.ts';
export type { PictureFormat } from './snapshot/convert-picture.ts';
export { type Snapshot, snapshot, type SnapshotOptions } from './snapshot/snapshot.ts';
export type { PcmBlock } from './sound/pcm-block.ts';
export { createResampler, type Resampler, type ResamplerOptions } from './sound/resampler.ts';
export { soundLevel } from './sound/sound-level.ts';
export { type ShowPictureOptions, showPicture, type ShownPicture } from './showing/show-picture.ts';
export { type ShowRawVideoOptions, showRawVideo } from './showing/show-raw-video.ts';
export { type ShowVideoOptions, showVideo } from './showing/show-video.ts';
export type { ShownVideo, ShownVideoEvents } from './showing/shown-video.ts';
export { Speaker, type SpeakerEvents } from './speaking/speaker.ts';
export type { SpeakerOptions } from './speaking/speaker-options.ts';
export type { AudioConference } from './speaking/audio-tracks.ts';
export type { Samples } from './speaking/pushed-samples.ts';
export { AudioPlayer } from './speaking/player/audio-player.ts';
export type { PcmOrigin, Playable } from './speaking/player/playable.ts';
export type {
  AudioPlayerEvents,
  AudioPlayerOptions,
  Loop,
  QueuedSound,
} from './speaking/player/player-options.ts';
export { commandRecogniser } from './transcribing/command-recogniser.ts';
export type { Recogniser, Recognition, Speech } from './transcribing/recogniser.ts';
export { transcribe, type TranscribeOptions } from './transcribing/transcribe.ts';
export type { Transcript } from './transcribing/transcript.ts';
export { Transcription, type TranscriptionEvents } from './transcribing/transcription.ts';
export {
  webSocketRecogniser,
  type WebSocketRecogniserOptions,
} from './transcribing/web-socket-recogniser.ts';
