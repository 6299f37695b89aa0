using System.Net;
using System.Net.Sockets;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Output;

/// <summary>The one sentence for a failure, in kubectl's words where kubectl has some.</summary>
internal static class ErrorText
{
    /// <summary>The sentence, safe for a terminal.</summary>
    public static string Of(Exception failure) =>
        SafeText.Line(
            failure switch
            {
                ApiException { StatusCode: null } unreachable => Unreachable(unreachable),
                ApiException { StatusCode: HttpStatusCode.Unauthorized } => "error: You must be logged in to the server (Unauthorized)",
                ApiException { IsInvalid: true, Status.Details: { Causes.Count: > 0 } details } =>
                    $"The {details.Kind} \"{details.Name}\" is invalid: {string.Join("; ", details.Causes.Select(c => $"{c.Field}: {c.Message}"))}",
                ApiException refused => $"Error from server ({refused.Reason}): {MessageOf(refused)}",
                _ => $"error: {failure.Message}",
            }
        );

    /// <summary>What the server said, without what the client put before it.</summary>
    public static string MessageOf(ApiException failure)
    {
        if (failure.Status?.Message is { Length: > 0 } message)
        {
            return message;
        }

        var mark = failure.StatusCode is { } status ? $": {(int)status} " : ": ";
        var start = failure.Message.IndexOf(mark, StringComparison.Ordinal);
        return start < 0 ? failure.Message : failure.Message[(start + mark.Length)..];
    }

    private static string Unreachable(ApiException failure) =>
        failure.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? $"The connection to the server was refused - did you specify the right host or port? ({failure.GetBaseException().Message})"
            : $"Unable to connect to the server: {failure.GetBaseException().Message}";
}
