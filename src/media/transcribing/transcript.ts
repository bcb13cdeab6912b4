/** Words that somebody has said. */
export interface Transcript {
  /** Of these words: partial results and the final one have the same. */
  id: string;
  /** Endpoint id of who said it. */
  participant: string;
  /** Their display name when they began, else the id. */
  name: string;
  /** Seconds since the transcription began. Of partial results, `end` is where they are. */
  start: number;
  end: number;
  text: string;
  /** The words stay as they are. */
  final: boolean;
  /** BCP 47, where it is known. */
  language?: string;
}

/** Characters that are kept of one result. */
export const longestText = 10_000;
