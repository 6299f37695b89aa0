using System.Runtime.ExceptionServices;
using Stromboli.EndToEnd.Basics;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// A class of cases: each applies YAML as a user would, acts, and says what must come of it. When a case fails, what a person needs is
/// printed: the objects, their events, what the nodes run, and the ends of the logs. Whatever a case is about, every state that a watcher
/// saw of its runs must obey <see cref="StateRules"/>.
/// </summary>
public abstract class EndToEndTests(StackFixture stacks) : IAsyncDisposable
{
    private readonly List<Scene> _scenes = [];

    /// <summary>Ends with the test run.</summary>
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A namespace on the stack that cases share: for what disturbs nobody.</summary>
    protected async Task<Scene> OnSharedStackAsync() => Keep(await stacks.SharedAsync(Cancelled, hasRoom: _scenes.Count > 0));

    /// <summary>The folder of the shared stack's nodes.</summary>
    protected NodeFolder SharedFolder => stacks.Folder;

    /// <summary>A namespace on a stack of the case's own: for what would disturb others.</summary>
    /// <param name="options">What the stack is made of.</param>
    /// <param name="alone">Whether no other case runs meanwhile: for what takes the whole machine.</param>
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
