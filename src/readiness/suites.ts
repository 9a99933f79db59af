/** The values of `--suite`: `full` includes `basic`. */
export const suites = ['basic', 'full'] as const;
export type Suite = (typeof suites)[number];
