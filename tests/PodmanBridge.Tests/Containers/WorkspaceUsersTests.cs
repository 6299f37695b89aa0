using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class WorkspaceUsersTests
{
    [Fact]
    public void Take_AllInUse_IsNull()
    {
        var users = new WorkspaceUsers(1, 3);

        Assert.Equal([1, 2, 3, null], new[] { users.Take(), users.Take(), users.Take(), users.Take() });
    }

    [Fact]
    public void Take_ReleasedNumber_ComesLast()
    {
        var users = new WorkspaceUsers(1, 3);
        users.Take();
        users.Release(1);

        Assert.Equal([2, 3, 1], new[] { users.Take(), users.Take(), users.Take() });
    }

    [Fact]
    public void Take_AdoptedNumber_IsNotGivenAgain()
    {
        var users = new WorkspaceUsers(1, 3);
        users.Reserve(3);
        users.Reserve(1);

        Assert.Equal([2, null], new[] { users.Take(), users.Take() });
    }
}
