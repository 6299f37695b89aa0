using Stromboli.Operator.Election;

namespace Stromboli.Operator.Tests.Runs;

internal sealed class FakeLeadership : ILeadership
{
    public bool IsLeader { get; set; } = true;

    public long Epoch => 1;

    public Task WaitAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
