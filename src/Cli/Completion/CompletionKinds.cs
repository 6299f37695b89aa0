using System.CommandLine;

namespace Stromboli.Cli.Completion;

/// <summary>What the value of an argument or flag names.</summary>
internal enum CompletionKind
{
    /// <summary>A run of the namespace.</summary>
    Run,

    /// <summary>A run of the namespace, followed by a colon and a path.</summary>
    RunPath,

    /// <summary>A session of the namespace.</summary>
    Session,

    /// <summary>A node.</summary>
    Node,

    /// <summary>A namespace.</summary>
    Namespace,

    /// <summary>A file of this machine.</summary>
    File,
}

/// <summary>What the values of arguments and flags name, so that a shell can complete them.</summary>
internal sealed class CompletionKinds
{
    private readonly Dictionary<Symbol, CompletionKind> _kinds = [];
    private readonly Dictionary<Symbol, string[]> _choices = [];

    /// <summary>Notes what a value names.</summary>
    public void Add(Symbol symbol, CompletionKind kind) => _kinds[symbol] = kind;

    /// <summary>Notes the values that there are.</summary>
    public void Add(Symbol symbol, params string[] choices) => _choices[symbol] = choices;

    /// <summary>What the value names; null if that is not known.</summary>
    public CompletionKind? KindOf(Symbol symbol) => _kinds.TryGetValue(symbol, out var kind) ? kind : null;

    /// <summary>The values that there are; empty if any is.</summary>
    public IReadOnlyList<string> ChoicesOf(Symbol symbol) => _choices.TryGetValue(symbol, out var choices) ? choices : [];
}
