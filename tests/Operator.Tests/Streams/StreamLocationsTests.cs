using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Readers;

namespace Stromboli.Operator.Tests.Streams;

public sealed class StreamLocationsTests
{
    private static readonly NamespacedName Key = new("ns", "work");

    [Theory]
    [InlineData("", null, false, "503 The run \"work\" has no node yet.")]
    [InlineData("", null, true, "waits")]
    [InlineData("", 1, true, "waits")]
    [InlineData("1", null, false, "node-1 1")]
    [InlineData("1,2", null, true, "node-2 2")]
    [InlineData("1,2", 1, false, "node-1 1")]
    [InlineData("1,2", 3, true, "waits")]
    [InlineData("1,2", 3, false, "503 Attempt 3 of the run \"work\" has not begun yet.")]
    [InlineData("3,4", 2, true, "404 Attempt 2 of the run \"work\" is not on record.")]
    [InlineData("finished", null, true, "404 The run \"work\" ended before an attempt began, so there is nothing to read.")]
    [InlineData("finished,1", null, true, "node-1 1")]
    [InlineData("finished,1", 2, true, "404 The run \"work\" ended without an attempt 2.")]
    [InlineData("none", null, true, "404 agentruns.stromboli.dev \"work\" not found")]
    public void Of_Run_IsTheLocationOfTheAttempt(string state, int? attempt, bool waits, string expected) =>
        Assert.Equal(expected, Text(() => StreamLocations.Of(state == "none" ? null : Run(state), Key, attempt, waits)));

    [Fact]
    public void Of_Session_IsItsNode()
    {
        AgentSession session = new() { Metadata = new() { Uid = "uid" } };

        Assert.Equal("404 agentsessions.stromboli.dev \"work\" not found", Text(() => StreamLocations.Of(null, Key)));
        Assert.StartsWith(
            "503 The session \"work\" has no node yet",
            Text(() => StreamLocations.Of(session, Key)),
            StringComparison.Ordinal
        );
        Assert.Equal("node-1 0", Text(() => StreamLocations.Of(session with { Status = new() { NodeName = "node-1" } }, Key)));
    }

    private static AgentRun Run(string state)
    {
        var parts = state.Split(',', StringSplitOptions.RemoveEmptyEntries);
        return new AgentRun
        {
            Metadata = new() { Uid = "uid", Name = "work" },
            Status = new AgentRunStatus
            {
                Attempts =
                [
                    .. parts
                        .Where(part => part != "finished")
                        .Select(part => new RunAttempt { Attempt = int.Parse(part), Node = $"node-{part}" }),
                ],
                Conditions = parts.Contains("finished")
                    ?
                    [
                        new Condition
                        {
                            Type = "Succeeded",
                            Status = "False",
                            Reason = "InvalidSpec",
                        },
                    ]
                    : [],
            },
        };
    }

    private static string Text(Func<StreamLocation?> find)
    {
        try
        {
            return find() is { } location ? $"{location.Node} {location.Attempt}" : "waits";
        }
        catch (StatusException e)
        {
            return $"{e.Code} {e.Message}";
        }
    }
}
