import type { Reporter, TestModule } from 'vitest/node';

/** Lists at the end why tests were skipped: `--reporter=verbose` names each of them. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, Map<string, number>>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        // Tests that a filter leaves out have no reason.
        if (result.state !== 'skipped' || !result.note) continue;
        const files = reasons.get(result.note) ?? new Map<string, number>();
        reasons.set(result.note, files);
        files.set(module.relativeModuleId, (files.get(module.relativeModuleId) ?? 0) + 1);
      }
    }
    const lines = [...reasons]
      .sort()
      .flatMap(([reason, files]) => [
        `  ${reason}`,
        ...[...files].sort().map(([file, count]) => `    ${String(count).padStart(3)}  ${file}`),
      ]);
    if (lines.length > 0) process.stdout.write(`\nSkipped tests:\n${lines.join('\n')}\n`);
  }
}
