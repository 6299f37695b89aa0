using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>Something that happens once on the shared stack, and that the cases of a class look at, each for a fact of its own.</summary>
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

    /// <summary>What a person needs who looks at a fact that is not so; told once.</summary>
    internal async Task<string> ReportAsync()
    {
        if (_report is not null)
        {
            return "(the state of things is told with another case of this class)";
        }

        return _report = await FailureReport.OfAsync(Scene);
    }

    /// <summary>Lets it happen. What must hold for all cases is waited for here; facts are left to them.</summary>
    protected abstract Task PlayAsync();
}
