namespace Stromboli.Operator.Hosting;

/// <summary>The command line cannot be used; the message is the sentence for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
