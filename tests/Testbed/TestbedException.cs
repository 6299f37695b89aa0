namespace Stromboli.Testbed;

/// <summary>
/// Something that the testbed needs is missing or did not start. The message is one sentence for the person at the terminal.
/// </summary>
public sealed class TestbedException : Exception
{
    public TestbedException(string message)
        : base(message) { }

    public TestbedException(string message, Exception innerException)
        : base(message, innerException) { }
}
