import type { Command, Option } from 'commander'
import { quoted } from '../problem/quoted.js'
import type { Shell } from './commands/completion-command.js'

/** What may follow some words of a command line (`devenv data save`, `devenv completion`), and its options. */
type Place = { at: string; words: readonly Word[]; options: readonly Option[] }
type Word = { word: string; about: string }

/**
 * A script that completes the commands and options of a program, from what Commander knows of them. Asks nothing and
 * starts nothing while somebody types. Where it knows no word, the shell completes files. Pure.
 */
export const renderCompletion = (program: Command, shell: Shell): string => SCRIPTS[shell](planPlaces(program))

/** Pure. */
function planPlaces(command: Command, at = command.name()): Place[] {
  const options = command.createHelp().visibleOptions(command)
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const words = [
    ...command.commands.map((below) => ({ word: below.name(), about: below.summary() })),
    ...choices.map((word) => ({ word, about: '' })),
    ...options.map(({ long, description }) => ({ word: long ?? '', about: description })),
  ]
  const values = options.flatMap(({ long, argChoices }) =>
    argChoices === undefined
      ? []
      : [{ at: `${at} ${long}`, words: argChoices.map((word) => ({ word, about: '' })), options: [] }],
  )
  return [
    { at, words, options },
    ...values,
    ...command.commands.flatMap((below) => planPlaces(below, `${at} ${below.name()}`)),
  ]
}

const commandsOf = (places: readonly Place[]) => places.filter(({ options }) => options.length > 0).map(({ at }) => at)

/** Options behind which a value stands, as they are typed at a place. */
const valuesOf = (places: readonly Place[]): string[] =>
  places.flatMap(({ at, options }) =>
    options
      .filter(({ required, optional }) => required || optional)
      .flatMap(({ short, long }) => [short, long].flatMap((flag) => (flag === undefined ? [] : [`${at} ${flag}`]))),
  )

const list = (texts: readonly string[], between = ' '): string => texts.map(quoted).join(between)

/** For bash and zsh: the walk over the words before the cursor, then the words for the place where it ends. */
const walk = (places: readonly Place[], wordOf: (word: Word) => string): string => `\
    [[ $word == -- ]] && at=-- && break
    [[ $word == '=' ]] && continue
    [[ -n $value ]] && value= && continue
    case "$at $word" in
      ${list(commandsOf(places), '|')}) at="$at $word" ;;
      ${list(valuesOf(places), '|')}) value=" $word" ;;
    esac
  done
  case "$at$value" in
${places.map(({ at, words }) => `    ${quoted(at)}) offered=(${list(words.map(wordOf))}) ;;`).join('\n')}
  esac`

const SCRIPTS: { readonly [shell in Shell]: (places: readonly Place[]) => string } = {
  bash: (places) => `\
_devenv() {
  local at=devenv value= word offered=() i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
${walk(places, ({ word }) => word)}
  word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "\${offered[*]}" -- "\${word#=}"))
}
complete -o default -F _devenv devenv`,

  zsh: (places) => `\
#compdef devenv
_devenv() {
  local at=devenv value= word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
${walk(places, ({ word, about }) => `${word}:${about}`)}
  _describe devenv offered || _files
}
if [[ $funcstack[1] == _devenv ]]; then _devenv "$@"; else compdef _devenv devenv; fi`,

  fish: (places) => `\
function __devenv_words
  set --local at devenv
  set --local value
  for word in (commandline --tokenize --cut-at-cursor --current-process)[2..]
    test "$word" = --; and return
    if test -n "$value"
      set value
      continue
    end
    switch "$at $word"
      case ${list(commandsOf(places))}
        set at "$at $word"
      case ${list(valuesOf(places))}
        set value " $word"
    end
  end
  switch "$at$value"
${places
  .map(
    ({ at, words }) =>
      `    case ${quoted(at)}\n      printf '%s\\t%s\\n' ${words.map(({ word, about }) => `${word} '${about.replaceAll("'", "\\'")}'`).join(' ')}`,
  )
  .join('\n')}
  end
end
function __devenv_complete
  set --local typed (commandline --current-token --cut-at-cursor)
  set --local offered (__devenv_words)
  if string match --quiet -- "$typed*" $offered
    printf '%s\n' $offered
  else
    __fish_complete_path "$typed"
  end
end
complete --command devenv --erase
complete --command devenv --no-files --arguments '(__devenv_complete)'`,
}
