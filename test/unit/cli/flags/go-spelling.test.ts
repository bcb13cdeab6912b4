import { describe, expect, it } from 'vitest';
import { fromGoSpelling } from '../../../../src/cli/flags/go-spelling.ts';
import { createProgram, flagsOf } from '../../../../src/cli/program.ts';

const grammar = {
  commands: ['info', 'chat', 'media', 'sandbox', 'help'],
  flags: flagsOf(createProgram(() => {})),
};

function translated(line: string): string {
  return fromGoSpelling(line.split(' '), grammar).join(' ');
}

describe('the Go spelling', () => {
  it.each([
    ['-host h -room r -nick n -chat', 'chat --host h --room r --nick n'],
    ['-chat -host=h -room=r', 'chat --host=h --room=r'],
    ['--chat --host h', 'chat --host h'],
    [
      '-host h -room r -debug -insecure -timeout 5m',
      'info --host h --room r --debug --insecure --timeout 5m',
    ],
    ['-debug=true -insecure=false -host h', 'info --debug --host h'],
    // What follows a flag with a value is its value, whatever it looks like.
    ['-nick -chat -room info', 'info --nick -chat --room info'],
    ['chat https://h/r -nick n', 'chat https://h/r --nick n'],
    ['--host h chat', 'chat --host h'],
    ['https://h/r', 'info https://h/r'],
    ['h.example/r --json', 'info h.example/r --json'],
    ['caht --host h', 'caht --host h'],
    ['--hots foo', 'info --hots foo'],
    ['chat -x', 'chat -x'],
    ['chat -- -room', 'chat -- -room'],
    ['help chat', 'help chat'],
    ['-host h --help', '--help'],
    ['chat --help', 'chat --help'],
    ['-version', '--version'],
    ['-host h -room r -bench-xmpp -bench-size 1024', 'bench --host h --room r --xmpp --bench-size 1024'],
    ['-bench -bench-xmpp', 'bench --xmpp'],
    ['-host h -room r -media -send-video', 'media --host h --room r --send-video'],
    ['-media -send-video=true -send-audio=false', 'media --send-video'],
    ['-media -send-video=v.ivf -send-audio a.ogg', 'media --send-video=v.ivf --send-audio a.ogg'],
  ])('%s', (line, wanted) => {
    expect(translated(line)).toBe(wanted);
  });

  it('takes one mode only', () => {
    expect(() => translated('-chat -dc')).toThrow(expect.objectContaining({ code: 'command-conflict' }));
    expect(translated('chat -chat')).toBe('chat');
  });
});
