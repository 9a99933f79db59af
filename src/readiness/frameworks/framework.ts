/** What `--framework` takes. */
export const frameworkIds = [
  'express',
  'fastify',
  'next',
  'nest',
  'php',
  'laravel',
  'django',
  'flask',
  'go',
  'nginx',
] as const;
export type FrameworkId = (typeof frameworkIds)[number];

/** What a snippet mends. */
export type Remedy =
  | 'body_limit'
  | 'read_events'
  | 'answer_200'
  | 'answer_first'
  | 'basic_auth'
  | 'no_csrf'
  | 'exact_path'
  | 'route'
  | 'gateway';

export interface Framework {
  readonly id: FrameworkId;
  readonly name: string;
  /** Its snippets stand in a receiver that was really run, and found ready. */
  readonly tested: boolean;
  /** Lines of code or configuration, for the path /hook. */
  readonly snippets: Readonly<Partial<Record<Remedy, string>>>;
}
