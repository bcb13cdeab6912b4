/** Secrets that are in no event: what resumes the stream, and our own end of ICE. */
import { elements, type XmlElement } from '../../xml/element.ts';
import { parseXml } from '../../xml/parse.ts';

/** Of an element that we send: the id of a stream (XEP-0198, 5), passwords of transports (XEP-0176, 5.3). */
export function secretsSent(element: XmlElement): string[] {
  if (element.name === 'resume') return [element.attrs.previd ?? ''];
  if (element.name !== 'iq') return [];
  const contents = elements(element).flatMap(elements);
  const transports = contents.flatMap(elements).filter(({ name }) => name === 'transport');
  return transports.map(({ attrs }) => attrs.pwd ?? '');
}

/** Of a frame that the server sends: the id that resumes the stream. Nobody else can write `<enabled/>`. */
export function secretsReceived(frame: string): string[] {
  if (!frame.startsWith('<enabled')) return [];
  try {
    return [parseXml(frame).attrs.id ?? ''];
  } catch {
    // Whoever reads the frame says so.
    return [];
  }
}
