namespace Stromboli.Testbed;

/// <summary>
/// Something the testbed needs is missing or did not come up; the message is one sentence for the person at the terminal.
/// </summary>
public sealed class TestbedException : Exception
{
    public TestbedException(string message)
        : base(message) { }

    public TestbedException(string message, Exception innerException)
        : base(message, innerException) { }
}
