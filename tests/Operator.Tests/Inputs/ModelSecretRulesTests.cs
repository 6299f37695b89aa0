using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Tests.Decisions;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class ModelSecretRulesTests
{
    private const string Origin = "https://model.example";

    [Theory]
    [InlineData("api-key", CredentialKind.ApiKey)]
    [InlineData("oauth-token", CredentialKind.OAuthToken)]
    public void OfRun_AllowedSecret_IsTheCredential(string key, CredentialKind kind)
    {
        var check = ModelSecretRules.OfRun(Make("model", (key, "value\n")), "own", null, Origin);
        Assert.Null(check.Reason);
        Assert.Equal(
            (kind, "value", Origin, true),
            (check.Credential!.Kind, check.Credential.Value, check.Credential.BaseURL, check.Credential.OperatorOrigin)
        );
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
        var check = ModelSecretRules.OfRun(Make(useAs, ("api-key", "value")), "own", null, Origin);
        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains("stromboli.dev/use-as", check.Message, StringComparison.Ordinal);
        Assert.Contains("own", check.Message, StringComparison.Ordinal);
        Assert.Null(check.Credential);
    }

    [Fact]
    public void OfRun_ListWithSpaces_IsRead() =>
        Assert.Null(ModelSecretRules.OfRun(Make(" model ,", ("api-key", "value")), "own", null, Origin).Reason);

    [Theory]
    [InlineData("password", "value")]
    [InlineData("api-key", "")]
    [InlineData("api-key", "two words")]
    [InlineData("api-key", "line\r\nx-evil: yes")]
    [InlineData("api-key", "gänsefüßchen")]
    public void OfRun_InvalidCredential_WaitsWithoutShowingIt(string key, string value)
    {
        var check = ModelSecretRules.OfRun(Make("model", (key, value)), "own", null, Origin);
        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.True(value.Length == 0 || !check.Message.Contains(value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://model.example")]
    [InlineData("https://MODEL.example:443/v1")]
    public void OfRun_BaseURLOfTheOperatorsOrigin_NeedsNoList(string baseURL)
    {
        var check = ModelSecretRules.OfRun(Make("model", ("api-key", "value")), "own", baseURL, Origin);
        Assert.Equal((baseURL, false), (check.Credential!.BaseURL, check.Credential.OperatorOrigin));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://other.example")]
    [InlineData("https://models.example.evil.example")]
    [InlineData("https://models.example:8443")]
    [InlineData("http://models.example")]
    [InlineData("https://user@models.example")]
    [InlineData("https://models.example/v1")]
    [InlineData("https://*.example")]
    [InlineData("models.example")]
    public void OfRun_BaseURLThatTheSecretDoesNotList_WaitsNamingTheAnnotationAndItsValue(string? origins)
    {
        var check = ModelSecretRules.OfRun(Make("model", origins, ("api-key", "value")), "own", "https://models.example/v1", Origin);
        Assert.Null(check.Credential);
        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains("stromboli.dev/model-origins", check.Message, StringComparison.Ordinal);
        Assert.Contains("https://models.example", check.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("https://models.example/v1", check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://models.example")]
    [InlineData("https://other.example, https://Models.Example:443/")]
    public void OfRun_BaseURLThatTheSecretLists_IsOnePairWithTheKey(string origins)
    {
        var check = ModelSecretRules.OfRun(Make("model", origins, ("api-key", "value")), "own", "https://models.example/v1", Origin);
        Assert.Equal(
            ("https://models.example/v1", "value", false),
            (check.Credential!.BaseURL, check.Credential.Value, check.Credential.OperatorOrigin)
        );
    }

    [Fact]
    public void OfRun_BaseURLWithoutTls_IsRefused() =>
        Assert.Equal(
            RunReason.SecretNotAllowed,
            ModelSecretRules
                .OfRun(Make("model", "http://models.example", ("api-key", "value")), "own", "http://models.example", Origin)
                .Reason
        );

    [Fact]
    public void OfRun_BothKeys_TheApiKeyIsTaken() =>
        Assert.Equal(
            "key",
            ModelSecretRules.OfRun(Make("model", ("oauth-token", "token"), ("api-key", "key")), "own", null, Origin).Credential!.Value
        );

    [Fact]
    public void OfRun_NoSecret_Waits() => Assert.Equal(RunReason.SecretNotFound, ModelSecretRules.OfRun(null, "own", null, Origin).Reason);

    [Fact]
    public void OfOperator_NeedsNoAnnotation() =>
        Assert.Equal("value", ModelSecretRules.OfOperator(Make(null, ("api-key", "value")), "model", Origin).Credential!.Value);

    [Fact]
    public void ToString_NeverShowsTheValue()
    {
        var check = ModelSecretRules.OfOperator(Make(null, ("api-key", "sk-very-secret")), "model", Origin);
        var secrets = new AttemptSecrets { Prompt = "the prompt", Credential = check.Credential };
        var message = new DesiredAttempt
        {
            UID = "u",
            Attempt = 1,
            State = DesiredState.Go,
            Secrets = secrets,
        };
        var snapshot = RunCases.Snapshot(RunCases.Run()) with { Inputs = check };
        Assert.All(
            [$"{check}", $"{secrets}", $"{message}", $"{snapshot}"],
            text => Assert.DoesNotContain("sk-very-secret", text, StringComparison.Ordinal)
        );
    }

    private static Secret Make(string? useAs, params (string Key, string Value)[] data) => Make(useAs, null, data);

    private static Secret Make(string? useAs, string? origins, params (string Key, string Value)[] data)
    {
        Dictionary<string, string> annotations = [];
        if (useAs is not null)
        {
            annotations[ModelSecretRules.UseAs] = useAs;
        }

        if (origins is not null)
        {
            annotations["stromboli.dev/model-origins"] = origins;
        }

        return new()
        {
            Metadata = new ObjectMeta
            {
                Name = "own",
                Namespace = "team",
                Annotations = annotations,
            },
            Data = data.ToDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value)),
        };
    }
}
