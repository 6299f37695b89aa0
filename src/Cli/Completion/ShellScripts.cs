namespace Stromboli.Cli.Completion;

/// <summary>Scripts that make a shell complete the program under its own names. Below kubectl, kubectl's own completion does it.</summary>
internal static class ShellScripts
{
    /// <summary>The shells.</summary>
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    /// <summary>The script for a shell.</summary>
    public static string For(string shell) =>
        shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => throw new ArgumentOutOfRangeException(nameof(shell)),
        };

    private const string Bash = """
        # Completion of stromboli in bash: source <(stromboli completion bash)
        _stromboli() {
            local current=${COMP_WORDS[COMP_CWORD]} answer directive line
            answer=$("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null) || return
            directive=${answer##*:}
            COMPREPLY=()
            while IFS= read -r line; do
                line=${line%%$'\t'*}
                [[ -n $line && $line != :* && $line == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$line")")
            done <<< "$answer"
            ((directive & 2)) && compopt -o nospace
            ((directive & 4)) || ((${#COMPREPLY[@]})) || compopt -o default
        }
        complete -F _stromboli stromboli kubectl-stromboli

        """;

    private const string Zsh = """
        #compdef stromboli kubectl-stromboli
        # Completion of stromboli in zsh: source <(stromboli completion zsh)
        _stromboli() {
            local answer directive line value text
            local -a candidates
            answer=$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2> /dev/null) || return
            directive=${answer##*:}
            while IFS= read -r line; do
                [[ -z $line || $line == :<-> ]] && continue
                value=${line%%$'\t'*} text=
                [[ $line == *$'\t'* ]] && text=${line#*$'\t'}
                candidates+=("${value//:/\\:}${text:+:$text}")
            done <<< "$answer"
            if ((directive & 2)); then
                _describe -V candidate candidates -S ''
            else
                _describe -V candidate candidates
            fi
            ((directive & 4)) || ((${#candidates})) || _files
        }
        compdef _stromboli stromboli kubectl-stromboli

        """;

    private const string Fish = """
        # Completion of stromboli in fish: stromboli completion fish | source
        function __stromboli_complete
            set -l words (commandline -opc) (commandline -ct)
            set -l answer ($words[1] __complete $words[2..-1] 2> /dev/null)
            or return
            for line in $answer
                string match -qr '^:[0-9]+$' -- $line
                or echo $line
            end
            if test "$answer" = ':0'
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c stromboli -f -a '(__stromboli_complete)'
        complete -c kubectl-stromboli -f -a '(__stromboli_complete)'

        """;
}
