using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>A scenario that happens once on the shared stack. Each case of a class checks one fact of it.</summary>
public abstract class Scenario(StackFixture stacks) : IAsyncLifetime
{
    private Scene? _scene;
    private string? _report;

    /// <summary>Where it happens.</summary>
    protected internal Scene Scene => _scene ?? throw new InvalidOperationException("The scenario is not under way.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _scene = await stacks.SharedAsync(TestContext.Current.CancellationToken);
        try
        {
            await PlayAsync();
        }
        catch (Exception e)
        {
            var report = await ReportAsync();
            await DisposeAsync();
            throw new TestbedException($"{e.Message}\n{e.StackTrace}\n{report}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _scene, null) is { } scene)
        {
            await scene.DisposeAsync();
        }
    }

    /// <summary>The report for a person when a fact does not hold. Printed once.</summary>
    internal async Task<string> ReportAsync()
    {
        if (_report is not null)
        {
            return "(the state of things is told with another case of this class)";
        }

        return _report = await FailureReport.OfAsync(Scene);
    }

    /// <summary>Runs the scenario. Waits for what all cases need; the cases check the facts.</summary>
    protected abstract Task PlayAsync();
}
