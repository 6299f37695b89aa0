namespace Stromboli.Operator.Hosting;

/// <summary>The command line is not valid. The message is for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
