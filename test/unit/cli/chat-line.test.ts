import { describe, expect, it } from 'vitest';
import { parseChatLine } from '../../../src/cli/chat/chat-line.ts';

describe('a line typed into chat', () => {
  it.each([
    ['hello  there ', { type: 'say', text: 'hello  there ' }],
    ['a /quit in the middle', { type: 'say', text: 'a /quit in the middle' }],
    ['//quit', { type: 'say', text: '/quit' }],
    ['', { type: 'nothing' }],
    [' \t', { type: 'nothing' }],
    ['\u0001\u001b\u007f', { type: 'nothing' }],
    ['\u200b\u202e', { type: 'nothing' }],
    ['/exit', { type: 'quit' }],
    ['/leave ', { type: 'quit' }],
    ['/raise', { type: 'raise' }],
    ['/lower ', { type: 'lower' }],
    ['/quit', { type: 'quit' }],
    ['/who', { type: 'who' }],
    ['/help', { type: 'help' }],
    ['/nick Alice B', { type: 'nick', name: 'Alice B' }],
    ['/msg bob  hello there', { type: 'message', to: 'bob', text: 'hello there' }],
    ['/msg "Alice B" hi', { type: 'message', to: 'Alice B', text: 'hi' }],
    ['/msg o"dd hi', { type: 'message', to: 'o"dd', text: 'hi' }],
  ])('%j', (line, wanted) => {
    expect(parseChatLine(line)).toEqual(wanted);
  });

  it.each([
    '/',
    '/dance',
    '/QUIT',
    '/quit now',
    '/leave now',
    '/raise a question',
    '/nick \u200b',
    '/msg bob \u200b',
    '/msg',
    '/msg bob',
    '/msg "Alice B"x',
    '/msg "odd hi',
    '/nick',
    '/nick  ',
  ])('is refused: %s', (line) => {
    expect(() => parseChatLine(line)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'chat-command' }),
    );
  });

  it('loses no words without saying so', () => {
    expect(() => parseChatLine('/raise I have a question')).toThrow(
      /^\/raise takes nothing after it, and nothing was done; .*: I have a question$/,
    );
    expect(() => parseChatLine('/msg bob')).toThrow(
      /^\/msg bob: there is no text after the name: \/msg NICK text/,
    );
    expect(() => parseChatLine('/nick')).toThrow('/nick needs a name: /nick NEW');
  });
});
