/** The supported shells: the line that loads the script, and the file for that line. */
export const shells = {
  bash: { line: 'source <(netcore-hook completion bash)', startupFile: '~/.bashrc' },
  zsh: { line: 'source <(netcore-hook completion zsh)', startupFile: '~/.zshrc, below compinit' },
  fish: {
    line: 'netcore-hook completion fish | source',
    startupFile: '~/.config/fish/config.fish',
  },
  powershell: {
    line: 'netcore-hook completion powershell | Out-String | Invoke-Expression',
    startupFile: '$PROFILE',
  },
} as const;
export type Shell = keyof typeof shells;

export const shellNames = Object.keys(shells) as readonly Shell[];
