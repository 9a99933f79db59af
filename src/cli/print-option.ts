import { Option } from 'commander';

/** What `--print` takes. */
export const printForms = ['json', 'form', 'curl'] as const;
export type PrintForm = (typeof printForms)[number];

/** `--print` of the commands that send. */
export function printInstead(): Option {
  return new Option('--print <form>', 'print the calls and send nothing').choices(printForms);
}
