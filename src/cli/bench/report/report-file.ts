/** The file of `--report`. */
import { finished } from 'node:stream/promises';
import { messageOf, UsageError } from '../../../base/errors.ts';
import { writeFailed } from '../../streams/output-error.ts';
import { openOutputFile } from '../../streams/output-file.ts';
import { type ReportData, reportPage } from './report-page.ts';

/**
 * Opens the file at once: after a long bench it is too late to learn that it cannot be written.
 * @returns what writes the page; rejects with OutputError `output-failed`
 * @throws UsageError `report-file`
 */
export function openReport(
  path: string | undefined,
): ((data: Omit<ReportData, 'at'>) => Promise<void>) | undefined {
  if (path === undefined) return undefined;
  const failed = (error: unknown) => writeFailed(`the report ${path}`, error as NodeJS.ErrnoException);
  try {
    const file = openOutputFile(path, { isPrivate: false });
    /** A pipe's reader may go before there is anything to read. */
    let broken: Error | undefined;
    file.on('error', (error) => (broken = error));
    return async (data) => {
      if (broken) throw failed(broken);
      file.end(reportPage({ ...data, at: new Date() }));
      await finished(file).catch((error: unknown) => {
        throw failed(error);
      });
    };
  } catch (error) {
    throw new UsageError(`opening the report: ${messageOf(error)}; choose a path that can be written`, {
      code: 'report-file',
      cause: error,
    });
  }
}
