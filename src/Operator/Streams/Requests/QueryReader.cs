using System.Globalization;
using Microsoft.Extensions.Primitives;
using Stromboli.Operator.Streams.Answers;

namespace Stromboli.Operator.Streams.Requests;

/// <summary>
/// Reads the parameters of a request strictly: a misspelled or repeated parameter is an error instead of being ignored.
/// </summary>
internal sealed class QueryReader
{
    // Clients of Kubernetes add these to any request.
    private static readonly string[] Common = ["timeout", "pretty"];

    private readonly IQueryCollection _query;

    /// <param name="query">The parameters.</param>
    /// <param name="known">The names of those that the resource has.</param>
    /// <exception cref="StatusException">There is another parameter, or one is repeated.</exception>
    public QueryReader(IQueryCollection query, params string[] known)
    {
        _query = query;
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name) && !Common.Contains(name))
            {
                throw StatusException.BadRequest(
                    known.Length == 0
                        ? "This resource has no parameters."
                        : $"A parameter is not known; this resource has {string.Join(", ", known)}."
                );
            }

            if (values.Count != 1)
            {
                throw StatusException.BadRequest($"The parameter {name} must not be repeated.");
            }
        }
    }

    /// <summary>The value of a parameter; null if it is absent.</summary>
    public string? Text(string name) => _query.TryGetValue(name, out var values) ? One(values) : null;

    /// <summary>A parameter that is true or false; false if it is absent.</summary>
    /// <exception cref="StatusException">It has another value.</exception>
    public bool Flag(string name) =>
        Text(name) switch
        {
            null or "false" or "0" => false,
            "true" or "1" => true,
            _ => throw StatusException.BadRequest($"The parameter {name} must be true or false."),
        };

    /// <summary>A parameter that is a whole number; null if it is absent.</summary>
    /// <exception cref="StatusException">It is not a number, or out of bounds.</exception>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw StatusException.BadRequest(
                string.Create(CultureInfo.InvariantCulture, $"The parameter {name} must be a whole number from {min} to {max}.")
            );
    }

    private static string One(StringValues values) => values.ToString();
}
