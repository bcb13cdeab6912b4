/**
 * What is read from `input`, in pieces of `size` bytes at most. Nothing waits for a piece to be full: what somebody writes
 * little by little also arrives so.
 */
export async function* piecesOf(input: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer, void> {
  for await (const read of input)
    for (let start = 0; start < read.length; start += size) yield read.subarray(start, start + size);
}
