using System.Text.Json.Nodes;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Harness;

/// <summary>AgentRuns on a server of a test.</summary>
internal static class RunObjects
{
    /// <summary>The path of a run of the namespace team.</summary>
    public static RequestPath PathOf(string name) => RequestPath.Parse($"/apis/stromboli.dev/v1alpha1/namespaces/team/agentruns/{name}")!;

    /// <summary>Stores a run.</summary>
    public static JsonObject Add(FakeApiServer server, string name, string status = "{}", string spec = """{"prompt":"do it"}""") =>
        server.Objects.Create(
            PathOf(name),
            new JsonObject
            {
                ["apiVersion"] = "stromboli.dev/v1alpha1",
                ["kind"] = "AgentRun",
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = JsonNode.Parse(spec),
                ["status"] = JsonNode.Parse(status),
            }
        );

    /// <summary>Changes the status of a run, as the operator does.</summary>
    public static void SetStatus(FakeApiServer server, string name, string status) =>
        server.Objects.Update(
            PathOf(name),
            old =>
            {
                old["status"] = JsonNode.Parse(status);
                return old;
            }
        );
}
