using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Tests.Runs;

public sealed class SecretRulesTests
{
    private const string Origin = "https://model.example";

    [Theory]
    [InlineData("api-key", CredentialKind.ApiKey)]
    [InlineData("oauth-token", CredentialKind.OAuthToken)]
    public void OfRun_AllowedAndThere_IsTheCredential(string key, CredentialKind kind)
    {
        var check = SecretRules.OfRun(Make("model", (key, "value\n")), "own", Origin, operatorOrigin: true);
        Assert.Null(check.Reason);
        Assert.Equal((kind, "value", Origin, true), (check.Credential!.Kind, check.Credential.Value, check.Credential.BaseURL, check.Credential.OperatorOrigin));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("env,prompt")]
    [InlineData("model,env")]
    [InlineData("Model")]
    [InlineData("models")]
    public void OfRun_UseIsNotModelAlone_WaitsNamingTheAnnotation(string? useAs)
    {
        var check = SecretRules.OfRun(Make(useAs, ("api-key", "value")), "own", Origin, operatorOrigin: true);
        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains("stromboli.dev/use-as", check.Message, StringComparison.Ordinal);
        Assert.Contains("own", check.Message, StringComparison.Ordinal);
        Assert.Null(check.Credential);
    }

    [Fact]
    public void OfRun_ListWithSpaces_IsRead() =>
        Assert.Null(SecretRules.OfRun(Make(" model ,", ("api-key", "value")), "own", Origin, operatorOrigin: true).Reason);

    [Theory]
    [InlineData("password", "value")]
    [InlineData("api-key", "")]
    [InlineData("api-key", "two words")]
    [InlineData("api-key", "line\r\nx-evil: yes")]
    [InlineData("api-key", "gänsefüßchen")]
    public void OfRun_NothingThatCanBeACredential_WaitsWithoutSayingTheValue(string key, string value)
    {
        var check = SecretRules.OfRun(Make("model", (key, value)), "own", Origin, operatorOrigin: true);
        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.True(value.Length == 0 || !check.Message.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void OfRun_BothKeys_TheApiKeyIsTaken() => Assert.Equal(
        "key", SecretRules.OfRun(Make("model", ("oauth-token", "token"), ("api-key", "key")), "own", Origin, operatorOrigin: true).Credential!.Value);

    [Fact]
    public void OfRun_NoSecret_Waits() => Assert.Equal(RunReason.SecretNotFound, SecretRules.OfRun(null, "own", Origin, operatorOrigin: true).Reason);

    [Fact]
    public void OfOperator_NeedsNoAnnotation() => Assert.Equal("value", SecretRules.OfOperator(Make(null, ("api-key", "value")), "model", Origin).Credential!.Value);

    [Fact]
    public void ToString_NeverTellsTheValue()
    {
        var check = SecretRules.OfOperator(Make(null, ("api-key", "sk-very-secret")), "model", Origin);
        var secrets = new AttemptSecrets { Prompt = "the prompt", Credential = check.Credential };
        var message = new DesiredAttempt { UID = "u", Attempt = 1, State = DesiredState.Go, Secrets = secrets };
        var snapshot = RunCases.Snapshot(RunCases.Run()) with { Secrets = check };
        Assert.All([$"{check}", $"{secrets}", $"{message}", $"{snapshot}"], text => Assert.DoesNotContain("sk-very-secret", text, StringComparison.Ordinal));
    }

    private static Secret Make(string? useAs, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Name = "own", Namespace = "team", Annotations = useAs is null ? null : new() { [SecretRules.UseAs] = useAs } },
        Data = data.ToDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value)),
    };
}
