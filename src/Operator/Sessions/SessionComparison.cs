using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Sessions;

namespace Stromboli.Operator.Sessions;

/// <summary>Whether two statuses are the same once stored: then none is written.</summary>
internal static class SessionComparison
{
    public static bool IsSame(AgentSessionStatus? a, AgentSessionStatus? b) =>
        a is not null && b is not null && Json(a).AsSpan().SequenceEqual(Json(b));

    private static byte[] Json(AgentSessionStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(status, CrdsJson.Default.AgentSessionStatus);
}
