/** The values of `--framework`. */
export const frameworkIds = [
  'node',
  'express',
  'fastify',
  'next',
  'nest',
  'php',
  'laravel',
  'django',
  'flask',
  'fastapi',
  'go',
  'nginx',
] as const;
export type FrameworkId = (typeof frameworkIds)[number];

/** The kinds of fixes. */
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
  /** Its snippets are parts of a receiver that ran and passed all checks. */
  readonly tested: boolean;
  /** Code or configuration for the path /webhooks/netcore. */
  readonly snippets: Readonly<Partial<Record<Remedy, string>>>;
}
