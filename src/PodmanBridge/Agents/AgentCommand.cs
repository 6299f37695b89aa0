using System.Text;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>A program with its arguments and its whole environment, ready for the shim.</summary>
internal sealed record AgentCommand
{
    // // MAX_ARG_STRLEN of Linux, including the NUL.
    private const int LongestString = 131_071;

    // // Linux allows a quarter of the stack's soft limit, which engines set to 2 MiB, and counts a pointer for each string. This bound
    // leaves room for both.
    private const int MostBytes = 1_500_000;

    private AgentCommand(IReadOnlyList<string> argv, IReadOnlyList<string> environment) => (Argv, Environment) = (argv, environment);

    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Argv { get; }

    /// <summary>The environment, <c>NAME=value</c>. Each name appears once.</summary>
    public IReadOnlyList<string> Environment { get; }

    /// <summary>The command of a run of <c>agent.command</c>. The program is used as given.</summary>
    /// <exception cref="ArgumentException">The spec cannot be run; the message says why.</exception>
    public static AgentCommand Build(AttemptSpec spec) =>
        Of(spec.Command ?? throw new ArgumentException("agent.command is missing", nameof(spec)), AgentEnvironment.Build(spec.Env));

    /// <summary>
    /// Puts a command together. Refuses what the kernel would cut short (NUL ends a string in argv and environment) or refuse.
    /// </summary>
    /// <exception cref="ArgumentException">A string contains NUL, the strings are too long together, or the program is missing.</exception>
    public static AgentCommand Of(IReadOnlyList<string> argv, IReadOnlyList<string> environment)
    {
        if (argv.Count == 0 || argv[0].Length == 0)
        {
            throw new ArgumentException("the command names no program", nameof(argv));
        }

        if (argv.Concat(environment).Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw new ArgumentException("a NUL can be neither in an argument nor in a variable", nameof(argv));
        }

        var lengths = argv.Concat(environment).Select(Encoding.UTF8.GetByteCount).ToList();
        if (lengths.Max() > LongestString)
        {
            throw new ArgumentException(
                $"an argument or variable has {lengths.Max()} bytes, and a program takes none of more than {LongestString}",
                nameof(argv)
            );
        }

        if (lengths.Sum() > MostBytes)
        {
            throw new ArgumentException(
                $"arguments and variables have {lengths.Sum()} bytes together, and a program takes no more than {MostBytes}",
                nameof(argv)
            );
        }

        return new AgentCommand(argv, environment);
    }
}
