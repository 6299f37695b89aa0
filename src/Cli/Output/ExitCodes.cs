namespace Stromboli.Cli.Output;

/// <summary>The exit codes. They are a contract: docs/operations/cli.md lists them, and scripts depend on them.</summary>
internal static class ExitCodes
{
    /// <summary>The command did what it was asked for; the run that it waited for succeeded.</summary>
    public const int Success = 0;

    /// <summary>The command itself failed, for example because the API server refused a request. It says nothing about a run.</summary>
    public const int Error = 1;

    /// <summary>The command line is not valid. Nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The run failed.</summary>
    public const int RunFailed = 3;

    /// <summary>The run was cancelled.</summary>
    public const int RunCancelled = 4;

    /// <summary>The outcome of the run is not known: it was deleted meanwhile, or the time to wait was over.</summary>
    public const int OutcomeUnknown = 5;

    /// <summary>Interrupted by Ctrl-C or SIGTERM, as a shell reports it. The run goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>The reader of the output left, as a shell reports SIGPIPE.</summary>
    public const int OutputClosed = 141;
}
