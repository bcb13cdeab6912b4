import { describe, expect, it } from 'vitest';
import { buildSourceInfo, parseSourceInfo, type SourceState } from '../../../src/jitsi/source-info.ts';

const id = '3f9c21ab';
const audio: SourceState = { name: `${id}-a0`, mediaType: 'audio', muted: false };
const camera: SourceState = { name: `${id}-v0`, mediaType: 'video', muted: true };
const screen: SourceState = { name: `${id}-v1`, mediaType: 'video', muted: false, videoType: 'desktop' };

describe('parseSourceInfo', () => {
  it('reads names, mute states and screens', () => {
    const json = `{"${id}-a0":{"muted":false},"${id}-v0":{"muted":true},"${id}-v1":{"muted":false,"videoType":"desktop"}}`;
    expect(parseSourceInfo(json, id)).toEqual([audio, camera, screen]);
  });

  it('reads an empty object as no sources', () => {
    expect(parseSourceInfo('{}', id)).toEqual([]);
  });

  it('leaves out sources of others, and names that are none', () => {
    const json = JSON.stringify({
      'other-a0': { muted: false },
      [id]: { muted: false },
      [`${id}-x0`]: { muted: false },
      [`${id}-a`]: { muted: false },
      [`${id}-a0b`]: { muted: false },
      [`x${id}-a0`]: { muted: false },
    });
    expect(parseSourceInfo(json, id)).toEqual([]);
  });

  it('reads the name of a translated source, and of an owner with dashes', () => {
    expect(parseSourceInfo('{"a-b-a0.fr":{"muted":false}}', 'a-b')).toEqual([
      { name: 'a-b-a0.fr', mediaType: 'audio', muted: false },
    ]);
  });

  it('takes a source without a mute state as unmuted, as browsers do', () => {
    expect(parseSourceInfo(`{"${id}-a0":{}}`, id)).toEqual([audio]);
    expect(parseSourceInfo(`{"${id}-a0":{"muted":"yes"}}`, id)).toEqual([{ ...audio, muted: true }]);
  });

  it('ignores what a state should not be', () => {
    expect(
      parseSourceInfo(`{"${id}-a0":null,"${id}-a1":7,"${id}-v0":{"muted":true,"videoType":"hologram"}}`, id),
    ).toEqual([camera]);
  });

  it.each(['', 'null', '[]', '7', '"x"', '{'])('counts %j as no SourceInfo at all', (json) => {
    expect(parseSourceInfo(json, id)).toBeUndefined();
  });
});

describe('buildSourceInfo', () => {
  it('writes the mute state always, the type of a camera never', () => {
    expect(buildSourceInfo([audio, { ...camera, videoType: 'camera' }, screen])).toBe(
      `{"${id}-a0":{"muted":false},"${id}-v0":{"muted":true},"${id}-v1":{"muted":false,"videoType":"desktop"}}`,
    );
    expect(buildSourceInfo([])).toBe('{}');
  });

  it('writes what parseSourceInfo reads', () => {
    expect(parseSourceInfo(buildSourceInfo([audio, camera, screen]), id)).toEqual([audio, camera, screen]);
  });
});
