namespace Stromboli.Bench.ApiWrites;

/// <summary>A kind of write to the API.</summary>
/// <param name="Resource">The plural name.</param>
/// <param name="Subresource">Such as <c>status</c>; empty for the object itself.</param>
/// <param name="Verb">The HTTP method, or <c>APPLY</c>.</param>
internal readonly record struct ApiWrite(string Resource, string Subresource, string Verb)
{
    /// <summary>As <c>PUT agentruns/status</c>.</summary>
    public override string ToString() => Subresource.Length == 0 ? $"{Verb} {Resource}" : $"{Verb} {Resource}/{Subresource}";
}
