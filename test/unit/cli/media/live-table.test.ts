import { describe, expect, it } from 'vitest';
import { LiveTable } from '../../../../src/cli/media/live-table.ts';
import { Output } from '../../../../src/cli/streams/output.ts';
import { Screen } from '../../../support/screen.ts';
import { testIo } from '../cli-io.ts';

function rig(columns = 20, rows = 6): { table: LiveTable; output: Output; text(): string } {
  const io = testIo({ terminal: true, env: { NO_COLOR: '1' } });
  Object.assign(io.stdout, { columns, rows });
  // On a terminal both are the same.
  const both = { ...io, stderr: io.stdout };
  const output = new Output(both, { json: false, quiet: false, debug: false });
  return {
    table: new LiveTable(both, output),
    output,
    text: () => new Screen(columns).write(io.out().replaceAll('\n', '\r\n')).text,
  };
}

describe('a live table', () => {
  it('is written anew in its place, whatever length it had', () => {
    const { table, text } = rig();
    table.show(() => ['one', 'two', 'three']);
    table.show(() => ['four']);
    expect(text()).toBe('four');
    table.show(() => ['five', 'six']);
    expect(text()).toBe('five\nsix');
  });

  it('stays below everything else', () => {
    const { table, output, text } = rig();
    output.status('before');
    table.show(() => ['one', 'two']);
    output.status('* bob joined');
    output.data('data');
    expect(text()).toBe('before\n* bob joined\ndata\none\ntwo');
  });

  it('is cut to the terminal', () => {
    const { table, text } = rig(10, 4);
    table.show(() => ['0123456789abc', '1', '2', '3', '4']);
    expect(text()).toBe('012345678\n1\nand 3 mor');
    table.show(() => ['x', 'y', 'z']);
    expect(text()).toBe('x\ny\nz');
  });

  it('goes at its end', () => {
    const { table, output, text } = rig();
    table.show(() => ['one']);
    table.end();
    output.data('summary');
    expect(text()).toBe('summary');
  });
});
