namespace Stromboli.Testbed.Processes;

/// <summary>The result of a program that has ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Whether it ended with 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Returns this result, or throws a <see cref="TestbedException"/> with what failed and what it printed.</summary>
    public CommandResult OrThrow(string what) =>
        Succeeded ? this : throw new TestbedException($"{what} failed with exit code {ExitCode}: {Error.Trim()} {Output.Trim()}".TrimEnd());
}
