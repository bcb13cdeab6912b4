import { describe, expect, it } from 'vitest';
import { type ChatRecord, type ChatText, textOf } from '../../../src/cli/chat/chat-record.ts';

const message: ChatRecord = {
  type: 'message',
  from: 'aaaa',
  name: 'Alice',
  text: 'hi',
  own: false,
  private: false,
  history: false,
  at: 0,
};
const said = { name: 'Alice', own: false, private: false, history: false, at: 0 };
const people = [
  { id: 'aaaa', name: 'Alice', role: 'moderator', handRaised: true },
  { id: 'bbbb', name: 'bbbb', role: 'participant', handRaised: false },
];
const who = { id: 'aaaa', name: 'Alice' };
const data = (text: string): ChatText => ({ to: 'data', name: 'Alice', text });
const status = (text: string): ChatText => ({ to: 'status', text: `* ${text}` });

describe('what happens in a room, for people', () => {
  it.each<[ChatRecord, ChatText | undefined]>([
    [message, data(': hi')],
    [{ ...message, private: true }, data(' [private]: hi')],
    [{ ...message, history: true, private: true }, data(' [earlier, private]: hi')],
    [{ ...message, own: true }, undefined],
    [{ ...message, own: true, history: true }, data(' [earlier]: hi')],
    [
      { ...message, from: 'b0b', name: 'b0b', history: true },
      { to: 'data', name: 'somebody (b0b)', text: ' [earlier]: hi' },
    ],
    [
      { type: 'joined', room: 'r', roomJid: 'r@m', id: 'cccc', name: 'Me', participants: people },
      status('in r as Me (cccc); Alice, bbbb'),
    ],
    [{ type: 'participant-joined', ...who, role: 'none', handRaised: false }, status('Alice joined')],
    [{ type: 'participant-left', ...who, reason: 'left' }, status('Alice left')],
    [{ type: 'participant-left', ...who, reason: 'kicked', text: 'spam' }, status('Alice was kicked (spam)')],
    [{ type: 'participant-left', ...who, reason: 'connection-lost' }, status('Alice lost the connection')],
    [{ type: 'message-retracted', from: 'aaaa', ...said, id: 'm1' }, status('Alice took a message back')],
    [
      { type: 'message-retracted', from: null, ...said, id: 'm1', name: 'room', private: true },
      status('room took a private message back'),
    ],
    [{ type: 'participant-renamed', ...who, previousName: 'Al' }, status('Al is now called Alice')],
    [{ type: 'hand', ...who, raised: true }, status('Alice raised the hand')],
    [{ type: 'hand', ...who, raised: false }, status('Alice lowered the hand')],
    [{ type: 'subject', subject: 'plans' }, status('subject: plans')],
    [
      { type: 'who', participants: people },
      { to: 'notice', text: '* Alice (aaaa, moderator, hand raised), bbbb (bbbb)' },
    ],
    [
      { type: 'who', participants: [] },
      { to: 'notice', text: '* nobody else is here' },
    ],
    [{ type: 'ended', reason: 'left' }, status('left the room')],
    [{ type: 'ended', reason: 'destroyed', text: 'done' }, status('the room was closed (done)')],
    [{ type: 'ended', reason: 'kicked' }, undefined],
  ])('%j', (record, wanted) => {
    expect(textOf(record)).toEqual(wanted);
  });
});
