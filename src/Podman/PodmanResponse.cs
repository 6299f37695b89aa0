using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>A whole answer.</summary>
internal sealed record PodmanResponse(string Call, HttpStatusCode Status, byte[] Body)
{
    /// <summary>
    /// Whether the call was sent before and that answer was lost, so that the engine may have carried it out, or half of it.
    /// </summary>
    public bool Interrupted { get; init; }

    public bool IsNotFound => Status is HttpStatusCode.NotFound;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Passes a success on.</summary>
    /// <exception cref="PodmanException">It was none.</exception>
    public PodmanResponse OrThrow() => IsSuccess ? this : throw ToException();

    /// <summary>Reads a success.</summary>
    /// <exception cref="PodmanException">It was none, or not the JSON that was expected.</exception>
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
            throw new PodmanException(Call, $"the answer is not the JSON expected: {e.Message}", Status, inner: e);
        }
    }

    /// <summary>The error that Podman answered.</summary>
    public PodmanException ToException()
    {
        ErrorBody? error = null;
        try
        {
            error = JsonSerializer.Deserialize(Body, PodmanJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // A proxy's or another service's answer: the status has to do.
        }
        return new PodmanException(Call, error?.Message is { Length: > 0 } m ? m : $"HTTP status {(int)Status}", Status, error?.Cause)
        {
            Interrupted = Interrupted,
        };
    }
}
