/** The shells that there is a script for: the line that brings it into each, and where that stands. */
export const shells = {
  bash: { line: 'source <(netcore-hook completion bash)', place: '~/.bashrc' },
  zsh: { line: 'source <(netcore-hook completion zsh)', place: '~/.zshrc, below compinit' },
  fish: { line: 'netcore-hook completion fish | source', place: '~/.config/fish/config.fish' },
  powershell: {
    line: 'netcore-hook completion powershell | Out-String | Invoke-Expression',
    place: '$PROFILE',
  },
} as const;
export type Shell = keyof typeof shells;

export const shellNames = Object.keys(shells) as readonly Shell[];
