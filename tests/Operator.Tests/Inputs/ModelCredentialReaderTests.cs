using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Tests.Decisions;
using Stromboli.Operator.Tests.Runs;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class ModelCredentialReaderTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(RunCases.T0);
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync() => _api = await FakeApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task ReadAsync_OwnSecret_GoesToTheOperatorsOrigin()
    {
        _api.CreateSecret("team", "own", "api-key", "mine", "model");
        var check = await ReadAsync(
            new AgentRunSpec
            {
                Prompt = "x",
                Model = new ModelSpec { CredentialsSecretRef = new SecretReference { Name = "own" } },
            }
        );
        Assert.Equal(
            ("mine", "https://model.example", true),
            (check.Credential!.Value, check.Credential.BaseURL, check.Credential.OperatorOrigin)
        );
    }

    [Fact]
    public async Task ReadAsync_OwnSecretWithBaseURL_GoesThereAsOnePair()
    {
        _api.CreateSecret("team", "own", "api-key", "mine", "model", "https://other.example");
        var model = new ModelSpec
        {
            BaseURL = "https://other.example",
            CredentialsSecretRef = new SecretReference { Name = "own" },
        };
        var check = await ReadAsync(new AgentRunSpec { Prompt = "x", Model = model });
        Assert.Equal(("https://other.example", false), (check.Credential!.BaseURL, check.Credential.OperatorOrigin));
    }

    [Fact]
    public async Task ReadAsync_OwnSecretWithBaseURLThatItDoesNotList_WaitsForTheAnnotation()
    {
        _api.CreateSecret("team", "own", "api-key", "mine", "model");
        var model = new ModelSpec
        {
            BaseURL = "https://other.example/v1",
            CredentialsSecretRef = new SecretReference { Name = "own" },
        };
        var check = await ReadAsync(new AgentRunSpec { Prompt = "x", Model = model });
        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains("stromboli.dev/model-origins: https://other.example ", check.Message, StringComparison.Ordinal);
        Assert.Equal(new InputSource(true, new("team", "own")), check.WaitsFor!.Value.Source);
    }

    [Fact]
    public async Task ReadAsync_SecretOfAnotherNamespace_IsNotSeen()
    {
        _api.CreateSecret("elsewhere", "own", "api-key", "theirs", "model");
        var check = await ReadAsync(
            new AgentRunSpec
            {
                Prompt = "x",
                Model = new ModelSpec { CredentialsSecretRef = new SecretReference { Name = "own" } },
            }
        );
        Assert.Equal(RunReason.SecretNotFound, check.Reason);
    }

    [Fact]
    public async Task ReadAsync_Default_IsReadAgainAfterItsTimeAndKeptWhileTheApiServerIsAway()
    {
        _api.CreateSecret("stromboli-system", "model", "api-key", "first", null);
        using var client = _api.Client();
        using var reader = new ModelCredentialReader(
            new InputFetcher(client, _clock),
            RunCases.Options.Defaults,
            RunCases.Options.Inputs,
            _clock
        );
        Assert.Equal("first", await Value());
        _api.CreateSecret("stromboli-system", "model", "api-key", "second", null);
        Assert.Equal("first", await Value());
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("second", await Value());
        _clock.Advance(TimeSpan.FromSeconds(30));
        _api.IsDown = true;
        Assert.Equal("second", await Value());

        async Task<string> Value() => (await reader.ReadAsync(RunCases.Run(), default)).Credential!.Value;
    }

    [Fact]
    public async Task ReadAsync_NoDefaultYet_IsReadAgain()
    {
        using var client = _api.Client();
        using var reader = new ModelCredentialReader(
            new InputFetcher(client, _clock),
            RunCases.Options.Defaults,
            RunCases.Options.Inputs,
            _clock
        );
        Assert.Equal(RunReason.SecretNotFound, (await reader.ReadAsync(RunCases.Run(), default)).Reason);
        _api.CreateSecret("stromboli-system", "model", "api-key", "first", null);
        _clock.Advance(InputFetcher.Remembered);
        Assert.Null((await reader.ReadAsync(RunCases.Run(), default)).Reason);
    }

    [Fact]
    public async Task ReadAsync_Command_WaitsForNoCredentialButTakesOne()
    {
        var command = new AgentRunSpec
        {
            Prompt = "x",
            Agent = new AgentSpec { Command = ["cat"] },
        };
        var without = await ReadAsync(command);
        Assert.Null(without.Reason);
        Assert.Null(without.Credential);
        _api.CreateSecret("stromboli-system", "model", "api-key", "first", null);
        Assert.Equal("first", (await ReadAsync(command)).Credential!.Value);
    }

    [Fact]
    public async Task ReadAsync_ApiServerAway_Throws()
    {
        _api.IsDown = true;
        await Assert.ThrowsAsync<ApiException>(() => ReadAsync(new AgentRunSpec { Prompt = "x" }));
    }

    [Fact]
    public async Task ReadAsync_PromptAndVariables_AreReadBesideTheCredential()
    {
        _api.CreateSecret("stromboli-system", "model", "api-key", "first", null);
        _api.CreateSecret("team", "inputs", "text", "a secret prompt", "prompt,env");
        using var client = _api.Client();
        using var credentials = new ModelCredentialReader(
            new InputFetcher(client, _clock),
            RunCases.Options.Defaults,
            RunCases.Options.Inputs,
            _clock
        );
        var source = new ValueSource
        {
            SecretKeyRef = new KeyReference { Name = "inputs", Key = "text" },
        };
        var run = RunCases.Run(
            new AgentRunSpec
            {
                PromptFrom = source,
                Env = [new EnvVar { Name = "A", ValueFrom = source }, new EnvVar { Name = "B", Value = "b" }],
            }
        );

        var check = await new RunInputReader(new InputFetcher(client, _clock), credentials, RunCases.Options.Defaults).ReadAsync(
            run,
            default
        );
        var secrets = await new AttemptSecretsCache(
            new RunInputReader(new InputFetcher(client, _clock), credentials, RunCases.Options.Defaults)
        ).ReadAsync(run, default);

        Assert.Equal((null, "a secret prompt", "first"), (check.Reason, check.Prompt, check.Credential!.Value));
        Assert.Equal("a secret prompt", secrets!.Prompt);
        Assert.Equal(["A"], secrets.Env.Select(variable => variable.Name));
        Assert.DoesNotContain("a secret prompt", $"{check} {secrets} {secrets.Env[0]}");
    }

    private async Task<InputCheck> ReadAsync(AgentRunSpec spec)
    {
        using var client = _api.Client();
        using var reader = new ModelCredentialReader(
            new InputFetcher(client, _clock),
            RunCases.Options.Defaults,
            RunCases.Options.Inputs,
            _clock
        );
        return await reader.ReadAsync(RunCases.Run(spec), default);
    }
}
