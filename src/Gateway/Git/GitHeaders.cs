using System.Net.Http.Headers;

namespace Stromboli.Gateway.Git;

/// <summary>
/// The headers of a clone's requests and answers: the gateway's own, and a few of the other side's, each in one permitted form.
/// </summary>
internal static class GitHeaders
{
    private const string Agent = "git/2.0 (stromboli)";
    private const int LongestAgent = 100;

    /// <summary>Writes the headers and body of a request.</summary>
    public static void Write(HttpRequestMessage message, IHeaderDictionary git, GitRemote remote, GitRoute route, HttpContent? body)
    {
        var headers = message.Headers;
        headers.TryAddWithoutValidation("accept", body is null ? "*/*" : GitRoutes.AnswerType(route));
        headers.TryAddWithoutValidation("accept-encoding", "identity");
        headers.TryAddWithoutValidation("user-agent", UserAgent(git.UserAgent.ToString()));
        // Pushing has no version 2, and version 1 changes the first line.
        if (git["git-protocol"] == "version=2" && !GitRoutes.IsPush(route))
        {
            headers.TryAddWithoutValidation("git-protocol", "version=2");
        }

        headers.Authorization = remote.Authorization;
        if (body is null)
        {
            return;
        }

        message.Content = body;
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(GitRoutes.BodyType(route)!);
        if (git.ContentEncoding.ToString() == "gzip" && !GitRoutes.IsPush(route))
        {
            message.Content.Headers.ContentEncoding.Add("gzip");
        }
    }

    /// <summary>Copies what of an answer reaches git.</summary>
    public static void Copy(HttpResponseMessage answer, IHeaderDictionary headers)
    {
        headers.ContentType = answer.Content.Headers.ContentType?.MediaType;
        if (answer.Content.Headers.ContentEncoding is { Count: 1 } encodings && encodings.Single() is "gzip" or "deflate")
        {
            headers.ContentEncoding = answer.Content.Headers.ContentEncoding.Single();
        }
    }

    // Some servers speak the smart protocol only to clients that call themselves git.
    private static string UserAgent(string agent) =>
        agent.Length is > 4 and <= LongestAgent
        && agent.StartsWith("git/", StringComparison.Ordinal)
        && agent.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? agent
            : Agent;
}
