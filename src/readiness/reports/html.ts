import { createHash } from 'node:crypto';
import { rememberRemedies } from '../shown-remedies.js';
import { latencyChart, timeLineChart } from './charts.js';
import { figureRows } from './figure-rows.js';
import { pageStyle } from './page-style.js';
import { countOutcomes, type Report, type ReportedCheck, verdictTexts } from './report.js';
import { escapeMarkup as text } from './xml.js';

const outcomeTexts: Readonly<Record<ReportedCheck['outcome'], string>> = {
  pass: 'passed',
  warn: 'warning',
  fail: 'failed',
  skip: 'skipped',
};

/** A self-contained page: no scripts, and no links except the tested URL. */
export function htmlReport(report: Report): string {
  const { url, time, took, version, verdict, cause, checks } = report;
  const remedies = rememberRemedies();
  const { pass, warn, fail, skip } = countOutcomes(checks);
  const hash = createHash('sha256').update(pageStyle).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${verdictTexts[verdict]}: ${text(url)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header class="${verdict}">
<h1>${verdictTexts[verdict]}</h1>
<p class="url">${text(url)}</p>
<p>${pass} passed, ${fail} failed, ${warn} with warnings, ${skip} skipped</p>${cause ? `\n<p>Ended by the check ${text(cause.check)}: ${text(cause.message)}</p>\n<p class="fix">${text(cause.fix)}</p>` : ''}
</header>
<h2>Checks</h2>
<table class="checks">
<thead><tr><th scope="col">Outcome</th><th scope="col">Check</th><th scope="col">Findings, and what to do</th></tr></thead>
<tbody>
${checks.map((check) => row(check, remedies)).join('\n')}
</tbody>
</table>
${figures(report)}
<footer>netcore-hook ${text(version)}, ${text(time)}, took ${(took / 1000).toFixed(1)} s</footer>
</main>
</body>
</html>
`;
}

function row(
  { id, title, outcome, findings, note }: ReportedCheck,
  remedies: ReturnType<typeof rememberRemedies>,
): string {
  const found = findings.map((each) => {
    // The check that failed has the fix.
    if (each.code === 'not_run') return `<p>${text(each.message)} <code>not_run</code></p>`;
    const { fix, snippet, snippetOf } = remedies(id, each);
    const answer = each.answer ? `<p>The response says: “${text(each.answer)}”</p>` : '';
    const pointer = snippetOf ? ` Its code is shown for ${text(snippetOf)}.` : '';
    return `<p>${text(each.message)} <code>${text(each.code)}</code></p>${answer}<p class="fix">${text(fix)}${pointer}</p>${snippet ? `<pre>${text(snippet)}</pre>` : ''}`;
  });
  return `<tr class="${outcome}"><td><span class="outcome">${outcomeTexts[outcome]}</span></td><th scope="row">${text(title)} <code>${text(id)}</code></th><td>${found.join('')}${note === undefined ? '' : `<p>${text(note)}</p>`}</td></tr>`;
}

function figures(report: Report): string {
  const { load, endurance } = report;
  const rows = figureRows(report);
  if (rows.length === 0) return '';
  const pictures = [
    ...(load
      ? [
          figure('Burst: how long calls took', latencyChart(load.latencies)),
          figure(
            'Burst: slowest call over time; red where calls were not answered 200',
            timeLineChart(load.timeLine, `${(load.lasted / 1000).toFixed(1)} s`),
          ),
        ]
      : []),
    ...(endurance
      ? [
          figure('Soak: how long calls took', latencyChart(endurance.latencies)),
          figure(
            'Soak: slowest call over time; red where calls were not answered 200',
            timeLineChart(endurance.timeLine, `${endurance.calls} calls`),
          ),
        ]
      : []),
  ];
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${text(name)}</th><td>${text(value)}</td></tr>`,
  );
  return `<h2>Figures</h2>
<table class="figures"><tbody>
${cells.join('\n')}
</tbody></table>
<div class="pictures">
${pictures.join('\n')}
</div>`;
}

function figure(caption: string, picture: string): string {
  return `<figure><figcaption>${caption}</figcaption>${picture}</figure>`;
}
