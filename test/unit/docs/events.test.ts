/** docs/events.md has every event, with the fields of its payload, and every event is documented where it is declared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bridgeEventNames } from '../../../src/client/bridge/events.ts';
import { conferenceEventNames } from '../../../src/client/conference-events.ts';
import { localTrackEventNames } from '../../../src/client/media/local/local-track-events.ts';
import { recorderEventNames } from '../../../src/media/recording/recorder.ts';
import { transcriptionEventNames } from '../../../src/media/transcribing/transcription.ts';
import { utteranceEventNames } from '../../../src/media/hearing/utterances.ts';
import { shownVideoEventNames } from '../../../src/media/showing/shown-video.ts';
import { speakerEventNames } from '../../../src/media/speaking/speaker.ts';
import { playerEventNames } from '../../../src/media/speaking/player/player-options.ts';
import { membersOfInterface } from '../../support/interface-members.ts';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docs/events.md'), 'utf8');

const sections: [string, object, [file: string, name: string][]][] = [
  [
    'Of a conference',
    conferenceEventNames,
    [
      ['conference/events.ts', 'ConferenceEventPayloads'],
      ['client/conference-events.ts', 'ConferenceEvents'],
      ['client/media/media-events.ts', 'TrackEvents'],
      ['client/media/media-events.ts', 'MediaEvents'],
      ['client/bridge/events.ts', 'BridgeEvents'],
    ],
  ],
  ['Of a player', playerEventNames, [['media/speaking/player/player-options.ts', 'AudioPlayerEvents']]],
  ['Of a bridge', bridgeEventNames, [['client/bridge/events.ts', 'BridgeEvents']]],
  ['Of utterances', utteranceEventNames, [['media/hearing/utterances.ts', 'UtteranceEvents']]],
  ['Of a speaker', speakerEventNames, [['media/speaking/speaker.ts', 'SpeakerEvents']]],
  [
    'Of a transcription',
    transcriptionEventNames,
    [['media/transcribing/transcription.ts', 'TranscriptionEvents']],
  ],
  [
    'Of a track of ours',
    localTrackEventNames,
    [['client/media/local/local-track-events.ts', 'LocalTrackEvents']],
  ],
  ['Of a shown video', shownVideoEventNames, [['media/showing/shown-video.ts', 'ShownVideoEvents']]],
  ['Of a recorder', recorderEventNames, [['media/recording/recorder.ts', 'RecorderEvents']]],
];

describe.each(sections)('events %s', (title, names, interfaces) => {
  const rows = rowsOf(title);
  const members = new Map(
    interfaces
      .flatMap(([file, name]) => membersOfInterface(join(root, 'src', file), name))
      .toReversed()
      .map((member) => [member.name, member]),
  );

  it('are all in the table, and no others', () => {
    expect([...rows.keys()].toSorted()).toEqual(Object.keys(names).toSorted());
  });

  it.each(Object.keys(names))('%s has its fields there, and words in the source', (name) => {
    const member = members.get(name);
    const payload = rows.get(name) ?? '';
    expect(member?.isDocumented, `a docstring for ${name}`).toBe(true);
    for (const field of member?.fields ?? []) expect(payload).toMatch(new RegExp(`\\b${field}\\b`));
  });
});

/** Payload by event name. */
function rowsOf(title: string): Map<string, string> {
  const [, section = ''] = new RegExp(`## ${title}\n([^#]*)`).exec(text) ?? [];
  const cells = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return new Map(
    cells.flatMap(([, names = '', payload = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']): [string, string] => [name, payload]),
    ),
  );
}
