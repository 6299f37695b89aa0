using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Credentials;

/// <summary>A run that brings its own credential for the model.</summary>
public sealed class OwnCredentialTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Theory]
    [InlineData("api-key", "x-api-key", "own-key")]
    [InlineData("oauth-token", "authorization", "Bearer own-key")]
    public async Task OwnSecret_Annotated_ArrivesAtTheOperatorsOrigin(string key, string header, string value)
    {
        var scene = await OnSharedStackAsync();
        var prompt = $"@say {scene.Namespace}";

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: mine
              annotations:
                stromboli.dev/use-as: model
            stringData:
              {{key}}: own-key
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: own
            spec:
              prompt: "{{prompt}}"
              model:
                credentialsSecretRef:
                  name: mine
            """
        );
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);

        var requests = scene.ModelRequests(prompt);
        Assert.NotEmpty(requests);
        Assert.All(
            requests,
            request =>
                Assert.Equal(
                    [(header, value)],
                    request["credentials"]!.AsObject().Select(pair => (pair.Key.ToLowerInvariant(), pair.Value!.ToString()))
                )
        );
    }

    [Fact]
    public async Task Secret_ComesLater_IsWaitedFor()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(RunWith("later"));

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.SecretNotFound), (waiting.Phase, waiting.Reason));
        Assert.Contains("Waiting for Secret \"later\"", waiting.Status.Message);

        await scene.ApplyAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: later
              annotations:
                stromboli.dev/use-as: model
            stringData:
              api-key: a-key
            """
        );

        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Secret_NotAnnotated_IsUsedOnceItIs()
    {
        var scene = await OnSharedStackAsync();
        await scene.ApplyAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: database
            stringData:
              api-key: not-for-models
            """
        );
        var run = await scene.ApplyRunAsync(RunWith("database"));

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.SecretNotAllowed), (waiting.Phase, waiting.Reason));
        Assert.Contains("stromboli.dev/use-as: model", waiting.Status.Message);

        await scene.KubectlAsync("annotate", "secret", "database", "stromboli.dev/use-as=git");
        var other = await run.UntilAsync(
            "says that the use is another",
            state => state.Status.Message?.Contains("does not list model", StringComparison.Ordinal) == true
        );
        Assert.Equal(RunReason.SecretNotAllowed, other.Reason);

        await scene.KubectlAsync("annotate", "--overwrite", "secret", "database", "stromboli.dev/use-as=model");
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);
    }

    [Fact]
    public async Task OwnSecret_ForAnotherOrigin_WaitsUntilTheSecretListsIt()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: mine
              annotations:
                stromboli.dev/use-as: model
            stringData:
              api-key: own-key
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: elsewhere
            spec:
              prompt: "@say done"
              nodeName: none
              model:
                baseURL: https://models.example.com/v1
                credentialsSecretRef:
                  name: mine
            """
        );

        var waiting = await run.ReasonAsync(RunReason.SecretNotAllowed);
        Assert.Contains("stromboli.dev/model-origins: https://models.example.com ", waiting.Status.Message);
        await scene.KubectlAsync("annotate", "secret", "mine", "stromboli.dev/model-origins=https://models.example.com");
        await run.ReasonAsync(RunReason.NoNodeMatches);
    }

    [Fact]
    public async Task BaseUrl_WithoutOwnCredential_IsRefused()
    {
        var scene = await OnSharedStackAsync();
        Assert.SkipWhen(
            scene.Stack.ControlPlane.CrdServer is null,
            "no CRD server of a current Kubernetes: kube-apiserver 1.20 has no CEL"
        );

        var answer = await scene.TryApplyAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: elsewhere
            spec:
              prompt: "@say done"
              model:
                baseURL: https://models.example.com
            """
        );

        Assert.False(answer.Succeeded);
        Assert.Contains("spec.model.baseURL", answer.Error);
        Assert.Contains("credentialsSecretRef", answer.Error);
    }

    private static string RunWith(string secret) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: waits
            spec:
              prompt: "@say done"
              model:
                credentialsSecretRef:
                  name: {{secret}}
            """;
}
