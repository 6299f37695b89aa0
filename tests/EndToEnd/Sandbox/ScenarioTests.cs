namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The cases that check a <see cref="Scenario"/>.</summary>
public abstract class ScenarioTests(Scenario scenario) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(await scenario.ReportAsync());
        }
    }
}
