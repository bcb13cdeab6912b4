/** Puts a record where it belongs: an object for programs, a line for people. */
import type { Output } from '../streams/output.ts';
import { printable } from '../streams/printable.ts';
import { type ChatRecord, textOf } from './chat-record.ts';

export function showRecord(record: ChatRecord, output: Output): void {
  if (output.json) {
    output.object(record);
    return;
  }
  const line = textOf(record);
  if (line?.to === 'data') output.data(output.style('bold', printable(line.name)) + printable(line.text));
  else if (line?.to === 'status') output.status(line.text);
  else if (line) output.notice(line.text);
}
