import { countOutcomes, type Report, type ReportedCheck } from './report.js';
import { escapeMarkup as text } from './xml.js';

/** JUnit XML as Jenkins and Surefire describe it: a suite for each group, a case for each check. */
export function junitReport(report: Report): string {
  const groups = [...new Set(report.checks.map(({ group }) => group))];
  const suites = groups.map((group) => suite(group, report));
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="netcore-hook test-endpoint" ${countsOf(report.checks, report.strict)}>
${suites.join('')}</testsuites>
`;
}

function suite(group: string, { checks, url, version, time, strict }: Report): string {
  const own = checks.filter((check) => check.group === group);
  const cases = own.map((check) => testCase(check, strict));
  return `  <testsuite name="${text(group)}" ${countsOf(own, strict)} timestamp="${time.slice(0, 19)}">
    <properties>
      <property name="url" value="${text(url)}"/>
      <property name="netcore-hook" value="${text(version)}"/>
    </properties>
${cases.join('')}  </testsuite>
`;
}

function countsOf(checks: readonly ReportedCheck[], strict: boolean): string {
  const { fail, warn, skip } = countOutcomes(checks);
  const took = checks.reduce((sum, check) => sum + check.took, 0);
  const failures = fail + (strict ? warn : 0);
  return `tests="${checks.length}" failures="${failures}" errors="0" skipped="${skip}" time="${seconds(took)}"`;
}

function testCase(
  { id, group, title, outcome, findings, note, took }: ReportedCheck,
  strict: boolean,
) {
  const begin = `    <testcase name="${text(title)}" classname="test-endpoint.${text(group)}.${text(id)}" time="${seconds(took)}"`;
  const messages = findings.map(({ message }) => message).join(' ');
  const lines = findings.map(({ code, message, answer, fix }) => {
    const quoted = answer ? `\nThe response says: "${answer}"` : '';
    return `${message}${quoted}\n→ ${fix} (${code})`;
  });
  const details = text(lines.join('\n'));
  if (outcome === 'pass') {
    if (note === undefined) return `${begin}/>\n`;
    return `${begin}>\n      <system-out>${text(note)}</system-out>\n    </testcase>\n`;
  }
  if (outcome === 'skip') {
    return `${begin}>\n      <skipped message="${text(messages)}"/>\n    </testcase>\n`;
  }
  if (outcome === 'warn' && !strict) {
    return `${begin}>\n      <system-out>${details}</system-out>\n    </testcase>\n`;
  }
  const type = outcome === 'warn' ? 'warning' : (findings[0]?.code ?? 'failure');
  return `${begin}>\n      <failure message="${text(messages)}" type="${text(type)}">${details}</failure>\n    </testcase>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
