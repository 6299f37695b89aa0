using System.Runtime.ExceptionServices;
using Stromboli.EndToEnd.Basics;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// A class of cases. Each applies YAML as a user does, acts, and checks the result. A case that fails prints what a person needs: the
/// objects, their events, what the nodes run, and the ends of the logs. In every case, each state that a watcher saw of its runs must obey
/// <see cref="StateRules"/>.
/// </summary>
public abstract class EndToEndTests(StackFixture stacks) : IAsyncDisposable
{
    private readonly List<Scene> _scenes = [];

    /// <summary>Cancelled when the test run ends.</summary>
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Opens a namespace on the shared stack, for a case that does not disturb others.</summary>
    protected async Task<Scene> OnSharedStackAsync() => Keep(await stacks.SharedAsync(Cancelled, hasRoom: _scenes.Count > 0));

    /// <summary>The folder of the shared stack's nodes.</summary>
    protected NodeFolder SharedFolder => stacks.Folder;

    /// <summary>Opens a namespace on a private stack, for a case that would disturb others.</summary>
    /// <param name="options">The parts of the stack.</param>
    /// <param name="alone">Whether no other case may run meanwhile, for a case that needs the whole machine.</param>
    protected async Task<Scene> OnPrivateStackAsync(StackOptions options, bool alone = false) =>
        Keep(await stacks.PrivateAsync(TestContext.Current.TestMethod?.MethodName ?? "private", options, alone, Cancelled));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        var broken = failed ? null : BrokenRule();
        foreach (var scene in _scenes)
        {
            if (failed || broken is not null)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(await FailureReport.OfAsync(scene));
            }

            await scene.DisposeAsync();
        }

        if (broken is not null)
        {
            ExceptionDispatchInfo.Throw(broken);
        }
    }

    private Exception? BrokenRule()
    {
        try
        {
            foreach (var run in _scenes.SelectMany(scene => scene.Runs))
            {
                StateRules.AssertHold(run);
            }

            return null;
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException)
        {
            return e;
        }
    }

    private Scene Keep(Scene scene)
    {
        _scenes.Add(scene);
        return scene;
    }
}
