namespace Stromboli.Testbed.Requests;

/// <summary>A kind of request to the API.</summary>
/// <param name="Resource">The plural name.</param>
/// <param name="Subresource">Such as <c>status</c>; empty for the object itself.</param>
/// <param name="Verb">The HTTP method, or <c>LIST</c>, <c>WATCH</c>, <c>APPLY</c>.</param>
public readonly record struct ApiCall(string Resource, string Subresource, string Verb)
{
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"];

    /// <summary>Whether it stores something.</summary>
    public bool IsWrite => Writes.Contains(Verb);

    /// <summary>As <c>PUT agentruns/status</c>.</summary>
    public override string ToString() => Subresource.Length == 0 ? $"{Verb} {Resource}" : $"{Verb} {Resource}/{Subresource}";
}
