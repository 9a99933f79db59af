import { rememberRemedies } from '../shown-remedies.js';
import { figureRows } from './figure-rows.js';
import { countOutcomes, type Report, type ReportedCheck, verdictTexts } from './report.js';

const signs: Readonly<Record<ReportedCheck['outcome'], string>> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  skip: '➖',
};

/**
 * For a comment of a pull request. Keeps the endpoint's text literal: no links, mentions or markup.
 */
export function markdownReport(report: Report): string {
  const { url, time, checks, verdict, cause, version } = report;
  const remedies = rememberRemedies();
  const { pass, warn, fail, skip } = countOutcomes(checks);
  const rows = checks.map(
    ({ id, title, outcome, findings, note }) =>
      `| ${signs[outcome]} | ${text(title)} \`${id}\` | ${[
        ...findings.map(({ code, message, answer, fix }) => {
          // The check that failed has the fix.
          if (code === 'not_run') return text(message);
          const quoted = answer ? `<br>The response says: “${text(answer)}”` : '';
          return `${text(message)}${quoted}<br>→ ${text(remedies(id, { fix }).fix)}`;
        }),
        ...(note === undefined ? [] : [text(note)]),
      ].join('<br>')} |`,
  );
  const figures = figureRows(report).map(([name, value]) => `| ${name} | ${text(value)} |`);
  return `## ${signs[verdict === 'ready' ? 'pass' : verdict === 'warnings' ? 'warn' : 'fail']} ${verdictTexts[verdict]}

${text(url)}

${pass} passed, ${fail} failed, ${warn} with warnings, ${skip} skipped.${cause ? ` Ended by the check \`${cause.check}\`: ${text(cause.message)}` : ''}

| | Check | Findings |
|---|---|---|
${rows.join('\n')}
${figures.length > 0 ? `\n| Figure | |\n|---|---|\n${figures.join('\n')}\n` : ''}
<sub>netcore-hook ${version}, ${time}</sub>
`;
}

/** Uses entities: backslashes would be visible in the source. */
function text(untrusted: string): string {
  return untrusted
    .replace(/[&<>@|`*_[\]~\\#!]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}
