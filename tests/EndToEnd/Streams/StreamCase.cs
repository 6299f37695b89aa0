using System.Threading.Channels;
using Stromboli.EndToEnd.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Streams;

/// <summary>A namespace with a reader, and a node whose answers the case writes.</summary>
internal sealed class StreamCase(Scene scene)
{
    private readonly Channel<OpenStream> _asked = Channel.CreateUnbounded<OpenStream>();

    /// <summary>How the API serves a run's subresource.</summary>
    public string Path(string run, string what) =>
        $"/apis/streams.stromboli.dev/v1alpha1/namespaces/{scene.Namespace}/agentruns/{run}/{what}";

    /// <summary><c>kubectl get --raw</c> of a path, which may fail.</summary>
    public Task<CommandResult> KubectlAsync(string path) =>
        scene.Kubectl.RunAsync(["get", "--raw", path], cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Joins a node whose agents run until they are finished.</summary>
    public Task<SimulatedNode> JoinAsync(string name = "sim") =>
        SimulatedNode.GrantAndJoinAsync(
            scene.Stack,
            name,
            new() { RunsFor = null, OnStream = open => _asked.Writer.TryWrite(open) },
            TestContext.Current.CancellationToken
        );

    /// <summary>The next stream that the operator asks for.</summary>
    public async Task<OpenStream> AskedAsync() =>
        await _asked
            .Reader.ReadAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(Poll.Timeout, TestContext.Current.CancellationToken);

    /// <summary>Reads with kubectl what the node then sends.</summary>
    public async Task<CommandResult> ServeAsync(string path, Func<OpenStream, Task> send)
    {
        var reading = KubectlAsync(path);
        var asked = AskedAsync();
        if (await Task.WhenAny(reading, asked) == reading)
        {
            Assert.Fail($"kubectl ended before the operator asked the node: {(await reading).Error}");
        }

        await send(await asked);
        return await reading;
    }

    /// <summary>Waits until the API server sees an operator behind the group.</summary>
    public Task AvailableAsync() =>
        Poll.UntilAsync(
            "the streams are available",
            Poll.Timeout,
            token => scene.Stack.Http.IsOkAsync("/apis/streams.stromboli.dev/v1alpha1", token),
            TestContext.Current.CancellationToken
        );

    /// <summary>Makes an account that may read these subresources, and a client with its token.</summary>
    public async Task<StreamClient> ReaderAsync(string name, params string[] subresources)
    {
        await scene.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: {{name}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: {{name}}}
            rules: [{apiGroups: [streams.stromboli.dev], resources: [{{string.Join(
                ", ",
                subresources.DefaultIfEmpty("none")
            )}}], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: {{name}}}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{name}}}
            subjects: [{kind: ServiceAccount, namespace: {{scene.Namespace}}, name: {{name}}}]
            """
        );
        var plane = scene.Stack.ControlPlane;
        return StreamClient.OfApiServer(
            plane.Address,
            plane.Pki.Authority,
            await scene.Stack.Http.RequestTokenAsync(scene.Namespace, name)
        );
    }

    /// <summary>Applies a run that waits for a node.</summary>
    public Task<RunHistory> RunAsync(string name) =>
        scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata: {name: {{name}}}
            spec: {prompt: hello}
            """
        );
}
