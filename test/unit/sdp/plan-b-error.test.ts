import { expect, it } from 'vitest';
import { isPlanBError } from '../../../src/sdp/plan-b-error.ts';

const words =
  "Failed to execute 'setRemoteDescription' on 'RTCPeerConnection': Failed to set remote offer sdp: Media section has more than one track specified with a=ssrc lines which is not supported with Unified Plan.";

it('knows the error that Chromium throws', () => {
  expect(isPlanBError(new DOMException(words, 'InvalidAccessError'))).toBe(true);
});

it.each([
  [
    'an error of the same kind',
    new DOMException('Failed to parse SessionDescription.', 'InvalidAccessError'),
  ],
  ['an error of another kind that quotes it', new Error(words)],
  ['words alone', words],
  ['nothing', undefined],
  ['null', null],
  ['an error without words', { name: 'InvalidAccessError' }],
])('does not take %s for it', (_, error) => {
  expect(isPlanBError(error)).toBe(false);
});
