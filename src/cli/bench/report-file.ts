/** The file of `--report`. */
import { openSync, writeFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../base/errors.ts';
import { type ReportData, reportPage } from './report-page.ts';

/**
 * Opens the file at once: after a long bench it is too late to learn that it cannot be written.
 * @returns what writes the page
 * @throws UsageError `report-file`
 */
export function openReport(path: string | undefined): ((data: Omit<ReportData, 'at'>) => void) | undefined {
  if (path === undefined) return undefined;
  try {
    const file = openSync(path, 'w');
    return (data) => writeFileSync(file, reportPage({ ...data, at: new Date() }));
  } catch (error) {
    throw new UsageError(`opening the report: ${messageOf(error)}; choose a path that can be written`, {
      code: 'report-file',
      cause: error,
    });
  }
}
