using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>A complete answer.</summary>
internal sealed record PodmanResponse(string Call, HttpStatusCode Status, byte[] Body)
{
    /// <summary>Whether the call was sent before and its connection broke, so that the engine may have carried it out in part.</summary>
    public bool Interrupted { get; init; }

    public bool IsNotFound => Status is HttpStatusCode.NotFound;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Returns this answer if it is a success.</summary>
    /// <exception cref="PodmanException">It is an error.</exception>
    public PodmanResponse OrThrow() => IsSuccess ? this : throw ToException();

    /// <summary>Deserializes this answer if it is a success.</summary>
    /// <exception cref="PodmanException">It is an error, or not the expected JSON.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        OrThrow();
        try
        {
            return JsonSerializer.Deserialize(Body, type)
                ?? throw new PodmanException(Call, "the answer is null", Status) { Interrupted = Interrupted };
        }
        catch (JsonException e)
        {
            throw new PodmanException(Call, $"the answer is not the expected JSON: {e.Message}", Status, inner: e);
        }
    }

    /// <summary>The error in this answer.</summary>
    public PodmanException ToException()
    {
        ErrorBody? error = null;
        try
        {
            error = JsonSerializer.Deserialize(Body, PodmanJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // The answer of a proxy or another service; the status is all there is.
        }
        return new PodmanException(Call, error?.Message is { Length: > 0 } m ? m : $"HTTP status {(int)Status}", Status, error?.Cause)
        {
            Interrupted = Interrupted,
        };
    }
}
