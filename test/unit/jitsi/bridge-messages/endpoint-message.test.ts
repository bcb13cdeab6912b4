import { describe, expect, it } from 'vitest';
import { buildTextMessage, textOf } from '../../../../src/jitsi/bridge-messages/endpoint-message.ts';
import { parseBridgeMessage } from '../../../../src/jitsi/bridge-messages/parse.ts';
import { readPing } from '../../../../src/jitsi/bridge-messages/ping.ts';

const endpointMessage = (fields: object): string =>
  JSON.stringify({ colibriClass: 'EndpointMessage', from: 'a', to: '', ...fields });

describe('textOf', () => {
  it.each([
    ['our own', buildTextMessage('', 'hi'), 'hi'],
    ['the Go program', endpointMessage({ text: 'hi' }), 'hi'],
    ['Jitsi Meet', endpointMessage({ msgPayload: { name: 'endpoint-text-message', text: 'hi' } }), 'hi'],
    ['both at once', endpointMessage({ text: 'hi', msgPayload: { text: 'ho' } }), 'hi'],
    ['an empty text', endpointMessage({ text: '' }), ''],
    ['a text that is none', endpointMessage({ text: 7, msgPayload: { text: 'ho' } }), 'ho'],
    ['another payload', endpointMessage({ msgPayload: { message: 'hi' } }), undefined],
    ['a payload that is a text', endpointMessage({ msgPayload: 'hi' }), undefined],
    ['no payload', endpointMessage({ msgPayload: null }), undefined],
    ['another class', '{"colibriClass":"EndpointStats","text":"hi"}', undefined],
    ['a class that is new', '{"colibriClass":"New","text":"hi"}', undefined],
  ])('reads %s', (_, text, expected) => {
    expect(textOf(parseBridgeMessage(text))).toBe(expected);
  });
});

describe('readPing', () => {
  const request = (id: unknown, fields: object = {}): string =>
    endpointMessage({ msgPayload: { id, type: 'e2e-ping-request' }, ...fields });

  it.each([
    ['a request', request(3), { from: 'a', id: 3 }],
    ['a request of another program', request('x1'), { from: 'a', id: 'x1' }],
    ['a request without an id', request(undefined), undefined],
    ['a request that the browser calls invalid', request(0), undefined],
    ['a request with an id that we will not repeat', request({ a: [] }), undefined],
    ['a request of nobody', request(3, { from: undefined }), undefined],
    ['a response', endpointMessage({ msgPayload: { id: 3, type: 'e2e-ping-response' } }), undefined],
    ['another message', endpointMessage({ msgPayload: null }), undefined],
    ['another class', '{"colibriClass":"ServerHello"}', undefined],
  ])('reads %s', (_, text, expected) => {
    expect(readPing(parseBridgeMessage(text))).toEqual(expected);
  });
});
