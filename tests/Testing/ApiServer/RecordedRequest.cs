namespace Stromboli.Testing.ApiServer;

/// <summary>A request that arrived.</summary>
public sealed record RecordedRequest(string Method, string Path, string Query, string? Authorization, string? ContentType, string Body);
