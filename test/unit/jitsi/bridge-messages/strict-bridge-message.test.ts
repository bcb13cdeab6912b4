import { describe, expect, it } from 'vitest';
import { dropReason } from '../../../support/strict-bridge-message.ts';

const message = (colibriClass: string, fields: object = {}): string =>
  JSON.stringify({ colibriClass, ...fields });
const wanted = (fields: object): string => message('ReceiverVideoConstraints', fields);

describe('the strict bridge takes', () => {
  it.each([
    message('ClientHello'),
    wanted({}),
    wanted({ lastN: -1, selectedSources: [], onStageSources: ['a-v0'], assumedBandwidthBps: -1 }),
    wanted({ defaultConstraints: { maxHeight: 0 }, constraints: {} }),
    wanted({ constraints: { 'a-v0': { maxHeight: -1, maxFrameRate: 7.5 }, b: { maxHeight: 1, more: 1 } } }),
    wanted({ lastN: null, constraints: null }),
    message('LastNChangedEvent', { lastN: 0 }),
    message('ReceiverAudioSubscription'),
    message('ReceiverAudioSubscription', { all: true, include: ['a-a0'], exclude: [] }),
    message('ReceiverAudioSubscription', { mode: 'Include', list: ['a-a0'] }),
    message('SourceVideoTypeMessage', { sourceName: 'a-v0', videoType: 'camera' }),
    message('SourceVideoTypeMessage', { sourceName: 'a-v0', videoType: 'Desktop_High_FPS' }),
    message('VideoTypeMessage', { videoType: 'NONE' }),
    message('EndpointMessage', { to: '' }),
    message('EndpointMessage', { to: 'a', msgPayload: [1], colour: { a: { a: 1 }, b: { a: 1 } } }),
    message('EndpointStats', { anything: 'a:"{}\\' }),
    '{"to":"a","colibriClass":"EndpointMessage"}',
  ])('%s', (text) => {
    expect(dropReason(text)).toBeUndefined();
  });
});

describe('the strict bridge drops', () => {
  it.each([
    ['', 'not JSON'],
    ['{"colibriClass":"ClientHello"', 'not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['{}', 'unknown class'],
    ['{"colibriClass":1}', 'unknown class'],
    [message('NoSuchThing'), 'unknown class'],
    [message('constructor'), 'unknown class'],
    [message('ServerHello'), 'unexpected class'],
    [message('ForwardedSources', { forwardedSources: [] }), 'unexpected class'],
    [message('ClientHello', { version: 1 }), 'unknown field version'],
    [wanted({ selectedEndpoints: [] }), 'unknown field selectedEndpoints'],
    [wanted({ colour: null }), 'unknown field colour'],
    ['{"colibriClass":"ClientHello","__proto__":1}', 'unknown field __proto__'],
    [message('LastNChangedEvent'), 'lastN is missing'],
    [message('LastNChangedEvent', { lastN: null }), 'lastN is not int'],
    [wanted({ lastN: 'many' }), 'lastN is not int'],
    [wanted({ lastN: 2 ** 31 }), 'lastN is not int'],
    [wanted({ lastN: 0.5 }), 'lastN is not int'],
    [wanted({ assumedBandwidthBps: 1e20 }), 'assumedBandwidthBps is not long'],
    [wanted({ onStageSources: 'a-v0' }), 'onStageSources is not strings'],
    [wanted({ onStageSources: [1] }), 'onStageSources is not strings'],
    [wanted({ defaultConstraints: 180 }), 'defaultConstraints is not constraints'],
    [wanted({ defaultConstraints: {} }), 'defaultConstraints is not constraints'],
    [wanted({ defaultConstraints: { maxHeight: -2 } }), 'defaultConstraints is not constraints'],
    [
      wanted({ defaultConstraints: { maxHeight: 1, maxFrameRate: -0.5 } }),
      'defaultConstraints is not constraints',
    ],
    [
      wanted({ defaultConstraints: { maxHeight: 1, maxFrameRate: '7' } }),
      'defaultConstraints is not constraints',
    ],
    [wanted({ constraints: [] }), 'constraints is not constraints by name'],
    [wanted({ constraints: { a: 1 } }), 'constraints is not constraints by name'],
    [message('ReceiverAudioSubscription', { all: 'yes' }), 'all is not boolean'],
    [message('ReceiverAudioSubscription', { mode: 'Some' }), 'mode is not audio mode'],
    [message('SourceVideoTypeMessage', { videoType: 'camera' }), 'sourceName is missing'],
    [message('SourceVideoTypeMessage', { sourceName: 'a-v0' }), 'videoType is missing'],
    [message('VideoTypeMessage', { videoType: 'hologram' }), 'videoType is not video type'],
    [message('EndpointMessage', { msgPayload: {} }), 'to is missing'],
    [message('EndpointMessage', { to: 7 }), 'to is not string'],
    [message('EndpointStats', { from: {} }), 'from is not string'],
    ['{"colibriClass":"EndpointStats","colibriClass":"EndpointStats"}', 'duplicate key colibriClass'],
    ['{"colibriClass":"EndpointStats","a":{"b":1,"\\u0062":2}}', 'duplicate key b'],
  ])('%s: %s', (text, reason) => {
    expect(dropReason(text)).toBe(reason);
  });

  it('what is nested more than 1000 levels deep', () => {
    const nested = (levels: number): string =>
      `{"colibriClass":"EndpointStats","a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(dropReason(nested(999))).toBeUndefined();
    expect(dropReason(nested(1000))).toBe('nested too deep');
  });
});
