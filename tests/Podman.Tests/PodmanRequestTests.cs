namespace Stromboli.Podman.Tests;

public sealed class PodmanRequestTests
{
    // A tenant names images, and volumes are named by runs: neither may make a series of a metric.
    [Theory]
    [InlineData("containers/create", "POST containers/create")]
    [InlineData("containers/stromboli-1/start", "POST containers/start")]
    [InlineData("containers/stromboli-1/kill?signal=KILL", "POST containers/kill")]
    [InlineData("containers/stromboli-1", "POST containers")]
    [InlineData("images/registry.example.com%2Fteam%2Ftool:7/json", "POST images/json")]
    [InlineData("images/registry.example.com/team/tool:7", "POST images")]
    [InlineData("images/pull?reference=registry.example.com/team/tool:7", "POST images/pull")]
    [InlineData("volumes/6a7f6c52", "POST volumes")]
    [InlineData("info", "POST info")]
    public void Operation_OfACall_LeavesOutTheNameOfTheResource(string path, string operation) =>
        Assert.Equal(operation, PodmanRequest.Post(path).Operation);
}
