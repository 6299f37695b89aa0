namespace Stromboli.Testbed.Processes;

/// <summary>What a program that ended left.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Whether it ended with 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>This result, or a <see cref="TestbedException"/> that tells what failed and what it said last.</summary>
    public CommandResult OrThrow(string what) =>
        Succeeded ? this : throw new TestbedException($"{what} failed with exit code {ExitCode}: {Error.Trim()} {Output.Trim()}".TrimEnd());
}
