import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../../src/base/errors.ts';
import { Output, type OutputOptions } from '../../../../src/cli/streams/output.ts';
import { testIo } from '../cli-io.ts';

const error = new ConnectionError('joining: no\u001b[0m way', { code: 'lost' });

async function written(
  options: Partial<OutputOptions>,
  write: (output: Output) => void,
  io = testIo(),
): Promise<{ out: string; err: string }> {
  write(new Output(io, { json: false, quiet: false, debug: false, ...options }));
  await turn();
  return { out: io.out(), err: io.err() };
}

function everything(output: Output): void {
  output.data('data');
  output.object({ a: 1 }, { pretty: true });
  output.status('status');
  output.notice('notice');
  output.warn('careful');
  output.error(error);
}

describe('output', () => {
  it('keeps data and words apart', async () => {
    expect(await written({}, everything)).toEqual({
      out: 'data\n{"a":1}\n',
      err: 'status\nnotice\nwarning: careful\nerror: joining: no\\x1b[0m way [lost]\n',
    });
  });

  it('leaves stdout to bytes where it is told to', async () => {
    const { out, err } = await written({ json: true }, (output) => {
      output.keepStdoutForBytes();
      output.object({ a: 1 }, { pretty: true });
    });
    expect([out, err]).toEqual(['', '{"a":1}\n']);
  });

  it('silences status only when quiet', async () => {
    const { err } = await written({ quiet: true }, everything);
    expect(err).toBe('notice\nwarning: careful\nerror: joining: no\\x1b[0m way [lost]\n');
  });

  it('has only objects on both streams with json', async () => {
    const { out, err } = await written({ json: true }, (output) => {
      output.object({ a: 1 }, { pretty: true });
      output.status('status');
      output.notice('notice');
      output.warn('careful');
      output.error(error);
      output.error(new TypeError('oops'));
    });
    expect(out).toBe('{"a":1}\n');
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { type: 'warning', message: 'careful' },
      { type: 'error', code: 'lost', kind: 'connection', message: 'joining: no\u001b[0m way' },
      { type: 'error', code: 'internal-error', kind: 'internal', message: 'oops' },
    ]);
  });

  it('has colour and air on a terminal, unless NO_COLOR', async () => {
    const coloured = await written({}, everything, testIo({ terminal: true }));
    expect(coloured.out).toBe('data\n{\n  "a": 1\n}\n');
    expect(coloured.err).toContain('\u001b[31merror:\u001b[39m joining');
    const plain = await written({}, everything, testIo({ terminal: true, env: { NO_COLOR: '1' } }));
    expect(plain.err).toContain('\nerror: joining');
    expect(plain.err).not.toContain('\u001b');
  });

  it('lets a guard keep the screen in order', async () => {
    const { out } = await written({}, (output) => {
      output.setGuard((write) => {
        output.setGuard(undefined);
        output.data('before');
        write();
        output.data('after');
      });
      output.data('line');
    });
    expect(out).toBe('before\nline\nafter\n');
  });
});
