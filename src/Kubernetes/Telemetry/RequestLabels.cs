namespace Stromboli.Kubernetes;

/// <summary>How a request is counted.</summary>
internal readonly record struct RequestLabels(string Verb, string Group, string Resource, string Subresource = "");
