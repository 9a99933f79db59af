# bash completion for netcore-hook

_netcore_hook() {
  local word value says rest=${COMP_LINE:0:COMP_POINT} words=() values=() descriptions=() i

  # bash cuts words at = and :, too. A piece that follows another without a space goes on with it.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=${rest#"${rest%%[![:space:]]*}"}
    if [[ $i -eq 0 || $rest == [[:space:]]* ]]; then
      words+=("$word")
    else
      words[${#words[@]} - 1]+=$word
    fi
    rest=${rest#*"$word"}
  done
  for i in "${!words[@]}"; do
    # Backslashes before spaces and the like; words in quotes are understood as they are.
    [[ ${words[i]} == *\\* && ${words[i]} != [\'\"]* ]] && IFS= read word <<<"${words[i]}" && words[i]=$word
  done

  # A line for each value, with a tab before its description. The last line says what else to do.
  while IFS=$'\t' read -r value says; do
    values+=("$value")
    descriptions+=("$says")
  done < <(netcore-hook --no-config completion complete -- "${words[@]:1}" 2>/dev/null)

  COMPREPLY=()
  ((${#values[@]} == 0)) && return
  local last=$((${#values[@]} - 1))
  local wishes=${values[last]#:}
  unset "values[last]"
  ((wishes & 16)) && compopt -o dirnames 2>/dev/null && return
  ((wishes & 4)) || { compopt -o default 2>/dev/null; return; }
  ((wishes & 32)) && compopt -o nosort 2>/dev/null

  # Where bash does not cut at =, the value has the option before it.
  local before=
  [[ ${COMP_WORDS[COMP_CWORD]} == -*=* ]] && before=${COMP_WORDS[COMP_CWORD]%%=*}=
  for i in "${!values[@]}"; do
    value=$before${values[i]}
    # Of several, bash lists all and puts only their common beginning on the line.
    if ((${#values[@]} > 1 && COMP_TYPE != 37 && COMP_TYPE != 42)) && [[ ${descriptions[i]} ]]; then
      printf -v value '%-10s  (%s)' "$value" "${descriptions[i]}"
    fi
    COMPREPLY+=("$value")
  done
}

complete -F _netcore_hook netcore-hook
