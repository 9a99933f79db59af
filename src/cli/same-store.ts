import { shellWord } from '../output/shell-word.js';
import { config, profile, store } from './options/everywhere.js';
import { flagOf } from './options/option.js';

const readsStore = /\bnetcore-hook (?=(?:history|inspect|queue|replay|status)\b)/g;

/** Lets the commands that a hint names act on the store of the command line that it answers. */
export function onSameStore(hint: string, argv: readonly string[]): string {
  const flags = typedFlags(argv);
  return flags === '' ? hint : hint.replace(readsStore, () => `netcore-hook ${flags} `);
}

function typedFlags(argv: readonly string[]): string {
  const flags = [store, profile, config].map(flagOf).flatMap((flag) => {
    const at = argv.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
    const value = argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1);
    return at < 0 || value === undefined ? [] : [`${flag} ${shellWord(value)}`];
  });
  return [...flags, ...(argv.includes('--no-config') ? ['--no-config'] : [])].join(' ');
}
