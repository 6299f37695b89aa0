using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptAdmissionTests
{
    [Theory]
    [InlineData(16, 4096, null)]
    [InlineData(4096, 4096, null)]
    [InlineData(
        4097,
        4096,
        "spec.resources.limits.pids: node node-1 gives a run at most 4096 processes, and this one asks for 4097; its bridge would need --max-run-pids 4097."
    )]
    public void ProcessProblem_OfARun_IsThatItAsksForMoreThanTheNodeGives(int pids, int most, string? problem) =>
        Assert.Equal(problem, AttemptAdmission.ProcessProblem(SpecBuilder.Attempt() with { Pids = pids }, most, "node-1"));
}
