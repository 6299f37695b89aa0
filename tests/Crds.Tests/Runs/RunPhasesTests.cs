using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Tests.Runs;

public sealed class RunPhasesTests
{
    // Conditions as Type=Status or Type=Status/Reason.
    [Theory]
    [InlineData("", RunPhase.Pending)]
    [InlineData("Reconciling=True", RunPhase.Pending)]
    [InlineData("Accepted=False/SecretNotFound", RunPhase.Pending)]
    [InlineData("Accepted=Unknown", RunPhase.Pending)]
    [InlineData("Accepted=True", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/NoNodeMatches", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/WaitingForNode", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/LimitsNotEnforceable", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/Suspended", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/Backoff", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=False/Queued", RunPhase.Queued)]
    [InlineData("Accepted=True Scheduled=False/WaitingForSession", RunPhase.Queued)]
    [InlineData("Accepted=False/SecretNotFound Scheduled=False/Queued", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=True", RunPhase.Preparing)]
    [InlineData("Accepted=True Scheduled=True Started=False Succeeded=Unknown", RunPhase.Preparing)]
    [InlineData("Accepted=True Scheduled=True Started=True Succeeded=Unknown", RunPhase.Running)]
    [InlineData("Accepted=True Scheduled=False/WaitingForNode Started=True", RunPhase.Pending)]
    [InlineData("Accepted=True Scheduled=True Started=True Succeeded=True/Completed", RunPhase.Succeeded)]
    [InlineData("Accepted=True Scheduled=True Started=True Succeeded=False/Crashed", RunPhase.Failed)]
    [InlineData("Accepted=False/InvalidSpec Succeeded=False/InvalidSpec", RunPhase.Failed)]
    [InlineData("Accepted=True Scheduled=True Started=True Succeeded=False/Cancelled", RunPhase.Cancelled)]
    [InlineData("Accepted=False/SecretNotFound Succeeded=False/Cancelled", RunPhase.Cancelled)]
    [InlineData("Ready=True Stalled=False", RunPhase.Pending)]
    public void Derive_Conditions_ReturnsTheirPhase(string conditions, RunPhase phase) =>
        Assert.Equal(phase, RunPhases.Derive(Parse(conditions)));

    [Fact]
    public void Derive_NoConditions_IsPending() => Assert.Equal(RunPhase.Pending, RunPhases.Derive(null));

    [Fact]
    public void Derive_ProgressOfAnAttempt_NeverGoesBack()
    {
        string[] course =
        [
            "Accepted=True Scheduled=True Started=False",
            "Accepted=True Scheduled=True Started=True",
            "Accepted=True Scheduled=True Started=True Succeeded=True",
        ];

        var phases = course.Select(conditions => RunPhases.Derive(Parse(conditions))).ToList();

        Assert.Equal(phases.Order(), phases);
        Assert.Equal([false, false, true], phases.Select(phase => RunPhases.IsFinished(phase)));
    }

    private static List<Condition> Parse(string conditions) =>
        [
            .. conditions
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => text.Split('=', '/'))
                .Select(parts => new Condition
                {
                    Type = parts[0],
                    Status = parts[1],
                    Reason = parts.ElementAtOrDefault(2) ?? "Because",
                }),
        ];
}
