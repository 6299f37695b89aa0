namespace Stromboli.Gateway.Git;

/// <summary>
/// The two requests of a clone (git's http-protocol, smart clients) by their exact bytes on the wire. They contain neither repository nor
/// host; the gateway adds both, so that no spelling of a path leads elsewhere.
/// </summary>
internal static class GitRoutes
{
    /// <summary>The port on the container's loopback that leads to the git gateway.</summary>
    public const ushort Port = 8318;

    /// <summary>The gateway's socket in the run directory.</summary>
    public const string Socket = "git.sock";

    /// <summary>The repository, as the clone's container calls it.</summary>
    public const string Repository = "http://127.0.0.1:8318/repository";

    /// <summary>What is done with a request line.</summary>
    public static GitRoute Match(string method, string rawTarget) =>
        (method, rawTarget) switch
        {
            ("GET", "/repository/info/refs?service=git-upload-pack") => GitRoute.Advertisement,
            ("POST", "/repository/git-upload-pack") => GitRoute.UploadPack,
            _ => GitRoute.None,
        };

    /// <summary>The type that an answer must have.</summary>
    public static string AnswerType(GitRoute route) =>
        route == GitRoute.Advertisement ? "application/x-git-upload-pack-advertisement" : "application/x-git-upload-pack-result";
}

/// <summary>What the git gateway does with a request.</summary>
internal enum GitRoute
{
    /// <summary>There is nothing here.</summary>
    None,

    /// <summary>What the server has.</summary>
    Advertisement,

    /// <summary>Fetches.</summary>
    UploadPack,
}
