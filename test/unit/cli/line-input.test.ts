import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type LineInput, openLineInput } from '../../../src/cli/chat/line-input.ts';
import { Output } from '../../../src/cli/streams/output.ts';
import { Screen } from '../../support/screen.ts';
import { type TestIo, testIo } from './cli-io.ts';

async function allOf(input: LineInput): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of input.lines) lines.push(line);
  return lines;
}

function outputOf(io: TestIo): Output {
  return new Output(io, { json: false, quiet: false, debug: false });
}

describe('lines of a pipe', () => {
  it('are all there, also those that came early, and the last without an end', async () => {
    const io = testIo();
    io.stdin.write('one\ntwo\r\n');
    const input = openLineInput(io, outputOf(io));
    await turn();
    io.stdin.end('three');
    await once(io.stdin, 'end');
    expect(await allOf(input)).toEqual(['one', 'two', 'three']);
    expect(io.err()).toBe('');
  });

  it('end when they are closed', async () => {
    const io = testIo();
    const input = openLineInput(io, outputOf(io));
    const lines = allOf(input);
    io.stdin.write('one\n');
    await turn();
    input.close();
    expect(await lines).toEqual(['one']);
  });
});

describe('lines of a terminal', () => {
  const columns = 20;

  /** What the terminal shows; both streams go to the same one. */
  function typing(): { io: TestIo; output: Output; input: LineInput; screen(): Promise<string> } {
    const io = testIo({ terminal: true, env: { NO_COLOR: '1' } });
    Object.assign(io.stderr, { columns });
    const both = { ...io, stdout: io.stderr };
    const output = outputOf(both);
    const screen = async (): Promise<string> => {
      await turn();
      return new Screen(columns).write(io.err()).text;
    };
    return { io, output, input: openLineInput(both, output), screen };
  }

  it('stay as they are while something is written', async () => {
    const { io, output, input, screen } = typing();
    const lines = allOf(input);
    expect(await screen()).toBe('>');
    io.stdin.write('half a line');
    expect(await screen()).toBe('> half a line');
    output.data('bob: hello');
    expect(await screen()).toBe('bob: hello\n> half a line');
    io.stdin.write(' that wraps, pasted in one go');
    output.status('* carol joined');
    expect(await screen()).toBe('bob: hello\n* carol joined\n> half a line that w\nraps, pasted in one\ngo');
    output.data('bob: again');
    expect(await screen()).toMatch(
      /\* carol joined\nbob: again\n> half a line that w\nraps, pasted in one\ngo$/,
    );
    io.stdin.write('\r');
    expect(await screen()).toMatch(/\ngo\n>$/);
    io.stdin.write('\u0004');
    expect(await lines).toEqual(['half a line that wraps, pasted in one go']);
    output.data('afterwards');
    expect(await screen()).toMatch(/\ngo\nafterwards$/);
  });

  it('keep the cursor in the middle of the line', async () => {
    const { io, output, input, screen } = typing();
    const lines = allOf(input);
    await turn();
    io.stdin.write('abc\u001b[D\u001b[D');
    await turn();
    output.data('bob: hello');
    io.stdin.write('X');
    io.stdin.write('\r');
    expect(await screen()).toBe('bob: hello\n> aXbc\n>');
    input.close();
    expect(await lines).toEqual(['aXbc']);
    expect(await screen()).toBe('bob: hello\n> aXbc');
  });

  it('tell Ctrl-C to whoever runs the command', async () => {
    const { io, input } = typing();
    const lines = allOf(input);
    await turn();
    io.stdin.write('half\u0003');
    await turn();
    expect(io.signal.reason).toBe('interrupted');
    input.close();
    expect(await lines).toEqual([]);
  });
});
