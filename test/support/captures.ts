/**
 * The recorded conversations with a real deployment (Prosody, Jicofo and Jitsi Videobridge of August 2026) in
 * test/fixtures/captures, one file a participant. Each line is one message: a mark, the time since the start, the text.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type CaptureKind =
  /** one text frame of the XMPP WebSocket */
  | 'sent'
  | 'received'
  /** one message of the bridge channel, over either transport */
  | 'channel-sent'
  | 'channel-received'
  /** a socket opened or closed, a step of the scenario */
  | 'event'
  /** about the recording: the client and what it announced */
  | 'comment';

export interface CaptureEntry {
  /** Seconds since the recording's start; 0 for comments. */
  at: number;
  kind: CaptureKind;
  text: string;
  /** In the file, from 1. */
  line: number;
}

const directory = join(import.meta.dirname, '../fixtures/captures');

const kinds: Readonly<Record<string, CaptureKind>> = {
  '>>>': 'sent',
  '<<<': 'received',
  'C>>': 'channel-sent',
  'C<<': 'channel-received',
  'D>>': 'channel-sent',
  'D<<': 'channel-received',
  '###': 'event',
};

/** `NN-scenario.participant` of every recording. */
export function captureNames(): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.slice(0, -'.txt'.length));
}

export function readCapture(name: string): CaptureEntry[] {
  const lines = readFileSync(join(directory, `${name}.txt`), 'utf8').split('\n');
  return lines.flatMap((text, index): CaptureEntry[] => {
    if (text === '') return [];
    const line = index + 1;
    if (text.startsWith('# ')) return [{ at: 0, kind: 'comment', text: text.slice(2), line }];
    const [, mark = '', seconds = '', rest = ''] = /^(\S{3}) \+([\d.]+) (.*)$/.exec(text) ?? [];
    const kind = kinds[mark];
    if (kind === undefined) throw new Error(`${name}.txt:${line} has no known mark: ${text.slice(0, 80)}`);
    return [{ at: Number(seconds), kind, text: rest, line }];
  });
}

/** The XMPP frames of a recording, both directions, in order. */
export function captureFrames(name: string, kind?: 'sent' | 'received'): CaptureEntry[] {
  return readCapture(name).filter((entry) =>
    kind === undefined ? entry.kind === 'sent' || entry.kind === 'received' : entry.kind === kind,
  );
}

/** The first XMPP frame of a recording that contains all of `parts`. */
export function captureFrame(name: string, kind: 'sent' | 'received', ...parts: readonly string[]): string {
  const found = captureFrames(name, kind).find(({ text }) => parts.every((part) => text.includes(part)));
  if (!found) throw new Error(`${name} has no frame ${kind} with ${parts.join(' and ')}`);
  return found.text;
}

/** The features that a recording's header lists; undefined where it lists none. */
export function captureFeatures(name: string): string[] | undefined {
  const header = readCapture(name).find(
    ({ kind, text }) => kind === 'comment' && text.startsWith('features: '),
  );
  return header?.text.slice('features: '.length).split(' ');
}
