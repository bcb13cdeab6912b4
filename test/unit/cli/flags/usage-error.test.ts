import { describe, expect, it } from 'vitest';
import { run } from '../../../../src/cli/run.ts';
import { testIo } from '../cli-io.ts';

describe('a command line that is wrong', () => {
  it.each([
    [['-host', 'h', '-caht'], "unknown option '-caht' (did you mean -chat?); see jcli --help"],
    [['-hots', 'h'], "unknown option '-hots' (did you mean -host?); see jcli --help"],
    [['-chat', '-nik', 'x'], "unknown option '-nik' (did you mean -nick?); see jcli chat --help"],
    [['chat', '--nik', 'x'], "unknown option '--nik' (did you mean --nick?); see jcli chat --help"],
    [['--bogus'], "unknown option '--bogus'; see jcli --help"],
    [['chat', '--tokn=a.b.c'], "unknown option '--tokn=…' (did you mean --token?); see jcli chat --help"],
    [['sandbox', '--password-room', '=x'], "argument '…' is invalid: a room and its password"],
    [['bench', '--role', 'no'], 'is invalid: Allowed choices are send, recv, both; see jcli bench --help'],
  ])('%j', async (args, words) => {
    const io = testIo();
    expect(await run(args, io)).toBe(2);
    expect(io.err()).toContain(words);
  });
});
