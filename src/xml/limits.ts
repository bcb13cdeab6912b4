/** How much XML is read. */
export interface XmlLimits {
  /** UTF-16 code units in a frame. Default 4 Mi: a session-initiate of a room with some 10 000 sources. */
  size: number;
  /** Nested elements. Default 64; real stanzas stay under 12. */
  depth: number;
  /** Elements in a frame. Default 200 000. */
  elements: number;
  /** Attributes in a frame, namespace declarations among them. Default 500 000. */
  attributes: number;
}

export const defaultXmlLimits: XmlLimits = {
  size: 4 * 1024 * 1024,
  depth: 64,
  elements: 200_000,
  attributes: 500_000,
};
