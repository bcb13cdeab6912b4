import { describe, expect, it } from 'vitest';
import { parseChatLine } from '../../../src/cli/chat/chat-line.ts';

describe('a line typed into chat', () => {
  it.each([
    ['hello  there ', { type: 'say', text: 'hello  there ' }],
    ['a /quit in the middle', { type: 'say', text: 'a /quit in the middle' }],
    ['//quit', { type: 'say', text: '/quit' }],
    ['', { type: 'nothing' }],
    [' \t', { type: 'nothing' }],
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
});
