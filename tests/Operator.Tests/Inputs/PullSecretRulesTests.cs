using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Inputs;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class PullSecretRulesTests
{
    private const string Image = "registry.example.com:5000/team/agent:1";

    [Theory]
    [InlineData("registry.example.com:5000", true)]
    [InlineData("https://registry.example.com:5000", true)]
    [InlineData("https://registry.example.com:5000/v2/", true)]
    [InlineData("REGISTRY.example.com:5000/v1", true)]
    [InlineData("registry.example.com:5000/team", true)]
    [InlineData("registry.example.com:5000/team/agent", true)]
    [InlineData("*.example.com:5000", true)]
    [InlineData("reg*y.example.com:5000", true)]
    [InlineData("registry.example.com", false)]
    [InlineData("registry.example.com:5001", false)]
    [InlineData("registry.example.com:5000/tea", false)]
    [InlineData("registry.example.com:5000/team/agent2", false)]
    [InlineData("*.com:5000", false)]
    [InlineData("example.com:5000", false)]
    [InlineData("xregistry.example.com:5000", false)]
    [InlineData("", false)]
    [InlineData("https://", false)]
    public void Check_Server_MatchesAsAKubeletDoes(string server, bool serves)
    {
        var check = Check($$"""{"auths": {"{{server}}": {"username": "a", "password": "b"} } }""");

        Assert.Null(check.Reason);
        Assert.Equal(serves ? 1 : 0, check.PullCredentials.Count);
    }

    [Theory]
    [InlineData("docker.io/library/node:22", "https://index.docker.io/v1/", true)]
    [InlineData("docker.io/library/node:22", "docker.io", true)]
    [InlineData("docker.io.example.com/library/node:22", "https://index.docker.io/v1/", false)]
    public void Check_DockerHub_HasSeveralNames(string image, string server, bool serves) =>
        Assert.Equal(
            serves ? 1 : 0,
            Check($$"""{"auths": {"{{server}}": {"username": "a", "password": "b"} } }""", image).PullCredentials.Count
        );

    [Fact]
    public void Check_SeveralUsers_LongerPathsComeFirst()
    {
        var users = Check(
            """
            {"auths": {"*.example.com:5000": {"username": "any", "password": "1"}, "registry.example.com:5000": {"auth": "aG9zdDpwYXNzOndvcmQ="},
                       "registry.example.com:5000/team": {"username": "team", "password": "2"}, "other.example.com": {"username": "other", "password": "3"} }}
            """
        ).PullCredentials;

        Assert.Equal([("team", "2"), ("host", "pass:word"), ("any", "1")], users.Select(user => (user.Username, user.Password)));
        Assert.DoesNotContain("pass", $"{users[1]}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not JSON s3cret")]
    [InlineData("""{"auths": "s3cret"}""")]
    [InlineData("")]
    public void Check_InvalidConfiguration_WaitsWithoutShowingIt(string text)
    {
        var check = Check(text);

        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.Contains("spec.imagePullSecrets[0]", check.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"auth": "%%%"}""")]
    [InlineData("""{"auth": "bm9jb2xvbg=="}""")]
    [InlineData("""{"username": "a"}""")]
    [InlineData("""{"username": "a:b", "password": "c"}""")]
    [InlineData("""{"username": 1, "password": "c"}""")]
    [InlineData("""{"identitytoken": "c"}""")]
    [InlineData("null")]
    public void Check_EntryWithoutUser_IsIgnored(string entry) =>
        Assert.Empty(Check($$"""{"auths": {"registry.example.com:5000": {{entry}} } }""").PullCredentials);

    [Theory]
    [InlineData(null, "may not be used as pull.")]
    [InlineData("git", "may not be used as pull.")]
    [InlineData("model,pull", "excludes all other uses")]
    public void Check_NotAnnotated_IsNotAllowed(string? uses, string says)
    {
        var check = PullSecretRules.Check(Image, ["a"], [Found("{}", uses)]);

        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains(says, check.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SecondIsMissing_NamesIt()
    {
        var check = PullSecretRules.Check(Image, ["a", "b"], [Found("""{"auths": {}}"""), new InputObject(null, null)]);

        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.Equal("Waiting for Secret \"b\" (spec.imagePullSecrets[1]): not found.", check.Message);
    }

    [Fact]
    public void Check_Unreadable_IsNotAllowed() =>
        Assert.Equal(
            RunReason.SecretNotAllowed,
            PullSecretRules.Check(Image, ["a"], [new InputObject(null, null, IsForbidden: true)]).Reason
        );

    private static InputCheck Check(string json, string image = Image) => PullSecretRules.Check(image, ["a"], [Found(json)]);

    private static InputObject Found(string json, string? uses = "pull") =>
        new(
            new Secret
            {
                Metadata = new() { Name = "a", Annotations = uses is null ? null : new() { [ModelSecretRules.UseAs] = uses } },
                Type = "kubernetes.io/dockerconfigjson",
                Data = new() { [PullSecretRules.Key] = Encoding.UTF8.GetBytes(json) },
            },
            ConfigMap: null
        );
}
