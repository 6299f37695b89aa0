using System.Text.Json.Nodes;

namespace Stromboli.Testing.ApiServer;

/// <summary>An answer that is a Status of kind Failure.</summary>
public sealed class ApiFailureException(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    public JsonObject ToStatus() =>
        new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = reason,
            ["code"] = code,
        };
}
