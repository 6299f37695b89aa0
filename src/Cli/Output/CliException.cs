namespace Stromboli.Cli.Output;

/// <summary>A command that cannot do what it was asked for. The message is one sentence for a person.</summary>
internal class CliException(string message, int exitCode = ExitCodes.Error, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The exit code of the process.</summary>
    public int ExitCode => exitCode;
}

/// <summary>A command line that is not valid.</summary>
internal sealed class UsageException(string message) : CliException(message, ExitCodes.Usage);
