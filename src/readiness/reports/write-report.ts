import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { replaceFile } from '../../replace-file.js';
import { htmlReport } from './html.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import type { Report } from './report.js';

/** The report formats by file extension. */
const forms: Readonly<Record<string, (report: Report) => string>> = {
  html: htmlReport,
  xml: junitReport,
  json: ({ notices }) =>
    `${JSON.stringify({ schema: 1, type: 'report', notices }, undefined, 2)}\n`,
  md: markdownReport,
};

export const reportExtensions: readonly string[] = Object.keys(forms);

/** In lower case, without the dot; undefined when unsupported. */
export function reportExtension(path: string): string | undefined {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(forms, extension) ? extension : undefined;
}

/** Rejects with a problem. */
export async function writeReport(path: string, report: Report): Promise<void> {
  const form = forms[reportExtension(path) ?? ''];
  if (form === undefined) return;
  try {
    await replaceFile(path, form(report));
  } catch (error) {
    throw problem('file_not_written', { path, reason: plainReason(error) }, error);
  }
}
