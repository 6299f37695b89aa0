using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>Whether two statuses are the same once stored: then none is written.</summary>
internal static class StatusComparison
{
    public static bool IsSame(AgentRunStatus? a, AgentRunStatus? b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        return a is not null && b is not null && Json(a).AsSpan().SequenceEqual(Json(b));
    }

    private static byte[] Json(AgentRunStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, CrdsJson.Default.AgentRunStatus);
}
