import { plural } from '../../amounts.js';
import { isLoopback } from '../../call/addresses.js';
import type { Attempt } from '../../call/attempt.js';
import type { CommandContext } from '../../cli/command.js';
import type { View } from '../../cli/reporter.js';
import { type Screen, wrapped } from '../../output/columns.js';
import { dayAndClock, zoneAt } from '../../output/local-time.js';
import type {
  ChangesNotice,
  CheckNotice,
  EnduranceNotice,
  FailuresNotice,
  FindingNotice,
  ListedCheckNotice,
  LoadNotice,
  ReportNotice,
  RestartNotice,
  RoundNotice,
  SoakNotice,
  VerdictNotice,
  WarningNotice,
  WatchingNotice,
} from '../../output/notice.js';
import { createProgress } from '../../output/progress.js';
import { visible } from '../../output/safe.js';
import { type Style, styleFor } from '../../output/style.js';
import { askedChecks } from '../../readiness/asked-checks.js';
import type { Check } from '../../readiness/check.js';
import { checks } from '../../readiness/checks.js';
import type { Soak, SoakFigures } from '../../readiness/endurance/soak-record.js';
import { frameworks } from '../../readiness/frameworks/frameworks.js';
import { shownUrl } from '../../readiness/reports/conceal.js';
import { rememberRemedies, type ShownRemedy } from '../../readiness/shown-remedies.js';
import { burstProgress, enduranceText, loadText, soakLine, soakProgress } from './figures-text.js';
import { changesText, failuresText, roundText, watchingText } from './loop-text.js';

export type TestEndpointNotice =
  | CheckNotice
  | VerdictNotice
  | ListedCheckNotice
  | LoadNotice
  | SoakNotice
  | EnduranceNotice
  | ReportNotice
  | FailuresNotice
  | RoundNotice
  | ChangesNotice
  | WatchingNotice
  | RestartNotice
  | WarningNotice;

export interface TestEndpointView {
  readonly show: View<TestEndpointNotice>;
  /** Announces the tests. */
  readonly begin: (url: URL) => void;
  /** Announces the wait for the endpoint, at most this many milliseconds. */
  readonly waits: (maxMs: number) => void;
  /** Shows the current check. */
  readonly began: (check: Check) => void;
  /** Shows the progress of a burst: its calls, and those not answered 200. */
  readonly bursts: (calls: number, not200: number) => void;
  /** Shows the progress of a soak, and the outcome of its last call. */
  readonly soaks: (figures: SoakFigures, soak: Soak, attempt: Attempt) => void;
  /** Removes the progress. */
  readonly end: () => void;
}

/** A line for each check with its findings, and a verdict. */
export async function createTestEndpointView(context: CommandContext): Promise<TestEndpointView> {
  const { host, global } = context;
  const out = await styleFor(host, host.stdout, global);
  const err = await styleFor(host, host.stderr, global);
  const silent = global.json || global.quiet;
  const progress = silent ? undefined : await createProgress(context);
  const ended: CheckNotice[] = [];
  let remedies = rememberRemedies();
  let local = false;
  let round = 1;
  let painted = 0;
  /** The figures of the next check line. */
  let figures = '';

  let zone = '';
  /** Local on a terminal, where the first time names the zone. */
  const shownTime = (iso: string) => {
    if (!host.stdout.isTTY) return iso;
    const named = zone === zoneAt(iso) ? '' : ` ${zoneAt(iso)}`;
    zone = zoneAt(iso);
    return `${dayAndClock(iso, host.now())}${named}`;
  };

  const takeFigures = () => {
    const taken = figures;
    figures = '';
    return taken;
  };
  const show: View<TestEndpointNotice> = (notice) => {
    progress?.end();
    switch (notice.type) {
      case 'check':
        ended.push(notice);
        return {
          out: wasNotRun(notice)
            ? ''
            : `${checkLines(notice, remedies, out, host.stdout)}${takeFigures()}`,
        };
      case 'verdict':
        return {
          out: wrapped(verdictText(notice, ended, out), host.stdout),
          err: local ? localNote(notice, err) : '',
        };
      case 'load':
        figures = loadText(notice, out);
        return undefined;
      case 'endurance':
        figures = enduranceText(notice, out);
        return undefined;
      case 'soak':
        return soakLine(notice, out, err, shownTime);
      case 'report':
        return { err: err.faint(`Report: ${visible(notice.path)}\n`) };
      case 'round':
        ended.length = 0;
        remedies = rememberRemedies();
        round = notice.round;
        return { out: notice.round === 1 ? '' : roundText(notice, out) };
      case 'changes':
        return { out: wrapped(changesText(notice, out), host.stdout) };
      case 'watching':
        return { err: err.faint(watchingText(notice)) };
      case 'restart':
        return { err: err.faint('The endpoint is down. The next run waits for it.\n') };
      case 'failures':
        return { err: err.faint(failuresText(notice, host.cwd)) };
      case 'listed_check':
        return { out: wrapped(listedText(notice, out), host.stdout) };
      case 'warning':
        return { err: `${err.warn('warning')}  ${visible(notice.message)}\n` };
    }
  };
  return {
    show,
    begin: (url) => {
      // Later rounds have a line of their own.
      local = round === 1 && isLoopback(url.hostname);
      if (!silent && round === 1)
        host.stderr.write(`${err.bold('Testing')}  ${err.accent(visible(shownUrl(url)))}\n\n`);
    },
    waits: (maxMs) => progress?.update(`Waiting until it is up, ${maxMs / 1000} s at most`),
    began: ({ title }) => progress?.update(title),
    bursts: (calls, not200) => {
      // Painting each of ten thousand calls would slow them down.
      const now = host.now();
      if (now - painted < 100) return;
      painted = now;
      progress?.update(burstProgress(calls, not200));
    },
    soaks: (figures, soak, attempt) => progress?.update(soakProgress(figures, soak, attempt)),
    end: () => progress?.end(),
  };
}

type RemedyMemory = ReturnType<typeof rememberRemedies>;

function checkLines(
  notice: CheckNotice,
  remedies: RemedyMemory,
  style: Style,
  screen: Screen,
): string {
  const { id, outcome, findings, note } = notice;
  const title = [...checks, ...askedChecks].find((check) => check.id === id)?.title ?? id;
  switch (outcome) {
    case 'pass': {
      const stored = note === undefined ? '' : `      ${style.faint(visible(note))}\n`;
      return wrapped(`  ${style.good('✓')} ${title}\n${stored}`, screen);
    }
    case 'skip': {
      const reasons = findings.map(({ message }) => visible(message)).join(' ');
      const proof = findings.find(({ code }) => code === 'input_unproven');
      const fix = proof ? `      → ${visible(proof.fix)}\n` : '';
      return wrapped(`  ${style.faint(`– ${title}: ${reasons}`)}\n${fix}`, screen);
    }
    case 'warn':
    case 'fail': {
      const sign = outcome === 'warn' ? style.warn('!') : style.bad('✗');
      const lines = findings.map((each) => findingLines(each, remedies(id, each), style, screen));
      return `  ${sign} ${title} ${style.faint(`(${id})`)}\n${lines.join('')}`;
    }
  }
}

function findingLines(
  { message, answer, framework, tested }: FindingNotice,
  { fix, snippet, snippetOf }: ShownRemedy,
  style: Style,
  screen: Screen,
): string {
  const quoted = answer === undefined ? '' : `      The response says: "${visible(answer)}"\n`;
  const text = `      ${visible(message)}\n${quoted}      → ${visible(fix)}\n`;
  const name = Object.values(frameworks).find(({ id }) => id === framework)?.name ?? framework;
  if (snippetOf !== undefined) {
    const pointer = `        In ${name}: the code shown for ${snippetOf}.`;
    return `${wrapped(text, screen)}${style.faint(pointer)}\n`;
  }
  if (snippet === undefined) return wrapped(text, screen);
  const doubt = tested ? '' : ', not tried on a running server';
  // Our own text: it needs no escaping, and keeps its line breaks.
  const lines = snippet.split('\n').map((line) => (line === '' ? '\n' : `          ${line}\n`));
  return `${wrapped(text, screen)}${style.faint(`        In ${name}${doubt}:`)}\n${lines.join('')}`;
}

/** Checks that could not run share one line below the others. */
function wasNotRun({ findings }: CheckNotice): boolean {
  return findings.some(({ code }) => code === 'not_run');
}

function verdictText(
  { verdict, cause }: VerdictNotice,
  ended: readonly CheckNotice[],
  style: Style,
): string {
  const count = (outcome: CheckNotice['outcome']) =>
    ended.filter((each) => each.outcome === outcome).length;
  const notRun = ended.filter(wasNotRun).length;
  const why = cause === undefined ? '' : `: fix ${cause.check} first`;
  const rest = notRun > 0 ? `  ${style.faint(`– ${checkCount(notRun)} not run${why}`)}\n` : '';
  const warned = count('warn');
  const warnings = plural(warned, 'warning');
  switch (verdict) {
    case 'ready':
      return `${rest}\n${style.good(style.bold('Ready.'))} ${checkCount(count('pass'))} passed.\n`;
    case 'warnings':
      return `${rest}\n${style.warn(style.bold('Ready, with warnings.'))} ${checkCount(count('pass'))} passed, ${warnings}.\n`;
    case 'not_ready': {
      const also = warned > 0 ? `, ${warnings}` : '';
      return `${rest}\n${style.bad(style.bold('Not ready.'))} ${checkCount(count('fail'))} failed${also}.\n`;
    }
  }
}

function checkCount(count: number): string {
  return plural(count, 'check');
}

function localNote({ verdict }: VerdictNotice, style: Style): string {
  if (verdict === 'not_ready') return '';
  return style.faint('Netcore calls from the internet: test the public URL, too.\n');
}

function listedText(notice: ListedCheckNotice, style: Style): string {
  const { id, suite, title, sends, harmless } = notice;
  const events = harmless ? '' : '; the people are invented';
  const only = suite === 'full' ? ' (suite full)' : '';
  return `${style.bold(id.padEnd(12))}  ${title}${style.faint(only)}\n${' '.repeat(14)}${style.faint(`sends ${sends}${events}`)}\n`;
}
