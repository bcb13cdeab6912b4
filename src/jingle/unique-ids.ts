/**
 * Payload types and header extensions have one number space in a bundle (RFC 9143, 10.1.2; RFC 8285, 5): who says a number again with
 * another meaning is left out, for packets could not be told apart, and browsers refuse the whole description.
 */
import type { LeftOut } from './left-out.ts';
import type { Content, HeaderExtension, PayloadType, RtpDescription } from './model.ts';

export function withUniqueIds(contents: readonly Content[], leftOut: LeftOut): Content[] {
  const bundle: Meanings = { payloadTypes: new Map(), extensions: new Map() };
  return contents.map((content) =>
    content.description
      ? { ...content, description: uniqueIn(content.description, bundle, leftOut) }
      : content,
  );
}

/** What each number stands for. */
interface Meanings {
  payloadTypes: Map<number, string>;
  extensions: Map<number, string>;
}

function uniqueIn(description: RtpDescription, bundle: Meanings, leftOut: LeftOut): RtpDescription {
  const { media } = description;
  const ownPayloadTypes = new Set<number>();
  const ownUris = new Set<string>();
  const isFirst = (payloadType: PayloadType): boolean => {
    const { id, name, clockRate, channels = 1 } = payloadType;
    const isSame = claims(
      bundle.payloadTypes,
      id,
      [media, name.toLowerCase(), clockRate, channels].join(' '),
    );
    if (isSame && !ownPayloadTypes.has(id)) return (ownPayloadTypes.add(id), true);
    leftOut(`payload type ${id} ${name}: the number was there before`);
    return false;
  };
  const isFirstExtension = ({ id, uri }: HeaderExtension): boolean => {
    if (claims(bundle.extensions, id, uri) && !ownUris.has(uri)) return (ownUris.add(uri), true);
    leftOut(`header extension ${id} ${uri}: one of them was there before`);
    return false;
  };
  return {
    ...description,
    payloadTypes: withoutOrphans(description.payloadTypes.filter(isFirst), leftOut),
    headerExtensions: description.headerExtensions.filter(isFirstExtension),
  };
}

/** Retransmissions of nothing: browsers refuse a description with such (RFC 4588, 8.6). */
function withoutOrphans(payloadTypes: readonly PayloadType[], leftOut: LeftOut): PayloadType[] {
  const ids = new Set(payloadTypes.map(({ id }) => String(id)));
  return payloadTypes.filter(({ id, name, parameters }) => {
    const isRtx = name.toLowerCase() === 'rtx';
    const isOrphan = isRtx && parameters.some((each) => each.name === 'apt' && !ids.has(each.value));
    if (isOrphan) leftOut(`payload type ${id} rtx: it retransmits one that is not there`);
    return !isOrphan;
  });
}

function claims(meanings: Map<number, string>, id: number, meaning: string): boolean {
  const known = meanings.get(id) ?? meaning;
  meanings.set(id, known);
  return known === meaning;
}
