/** What `--suite` takes: `full` holds what `basic` does, and more. */
export const suites = ['basic', 'full'] as const;
export type Suite = (typeof suites)[number];
