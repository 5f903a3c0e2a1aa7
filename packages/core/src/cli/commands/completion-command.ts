import { Argument } from 'commander'
import { type Add, print } from '../opening.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export const completionCommand: Add = (program, whole) => {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'for which shell').choices(SHELLS))
    .summary('print a script that completes the commands and options of devenv, for a shell to source')
    .description(
      'Prints a script that completes the commands and options of devenv. The shell completes `make devenv.` without it.\n\n  bash  > ~/.local/share/bash-completion/completions/devenv\n  zsh   > ~/.zfunc/_devenv   (with fpath+=~/.zfunc before compinit in ~/.zshrc)\n  fish  > ~/.config/fish/completions/devenv.fish',
    )
    .action(async (shell: Shell) => {
      const { renderCompletion } = await import('../render-completion.js')
      print(renderCompletion(whole(), shell))
    })
}
