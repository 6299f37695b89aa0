namespace Stromboli.Gateway.Git;

/// <summary>
/// The two requests of a fetch and the two of a push (git's http-protocol, smart clients) by their exact bytes on the wire. They contain
/// neither repository nor host; the gateway adds both, so that no spelling of a path leads elsewhere.
/// </summary>
internal static class GitRoutes
{
    /// <summary>The port on the container's loopback that leads to the git gateway.</summary>
    public const ushort Port = 8318;

    /// <summary>The gateway's socket in the run directory.</summary>
    public const string Socket = "git.sock";

    /// <summary>The gateway's address in a container.</summary>
    public const string Address = "http://127.0.0.1:8318/";

    /// <summary>The repository, as a container calls it.</summary>
    public const string Repository = Address + "repository";

    /// <summary>What is done with a request line.</summary>
    public static GitRoute Match(string method, string rawTarget) =>
        (method, rawTarget) switch
        {
            ("GET", "/repository/info/refs?service=git-upload-pack") => GitRoute.Advertisement,
            ("POST", "/repository/git-upload-pack") => GitRoute.UploadPack,
            ("GET", "/repository/info/refs?service=git-receive-pack") => GitRoute.PushAdvertisement,
            ("POST", "/repository/git-receive-pack") => GitRoute.ReceivePack,
            _ => GitRoute.None,
        };

    /// <summary>What follows the repository's address at its server.</summary>
    public static string PathOf(GitRoute route) =>
        route switch
        {
            GitRoute.Advertisement => "/info/refs?service=git-upload-pack",
            GitRoute.UploadPack => "/git-upload-pack",
            GitRoute.PushAdvertisement => "/info/refs?service=git-receive-pack",
            _ => "/git-receive-pack",
        };

    /// <summary>The type that an answer must have.</summary>
    public static string AnswerType(GitRoute route) =>
        route switch
        {
            GitRoute.Advertisement => "application/x-git-upload-pack-advertisement",
            GitRoute.UploadPack => "application/x-git-upload-pack-result",
            GitRoute.PushAdvertisement => "application/x-git-receive-pack-advertisement",
            _ => "application/x-git-receive-pack-result",
        };

    /// <summary>The type of a request's body; null for one without a body.</summary>
    public static string? BodyType(GitRoute route) =>
        route switch
        {
            GitRoute.UploadPack => "application/x-git-upload-pack-request",
            GitRoute.ReceivePack => "application/x-git-receive-pack-request",
            _ => null,
        };

    /// <summary>Whether a request belongs to a push.</summary>
    public static bool IsPush(GitRoute route) => route is GitRoute.PushAdvertisement or GitRoute.ReceivePack;
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

    /// <summary>What the server has, for a push.</summary>
    PushAdvertisement,

    /// <summary>Pushes.</summary>
    ReceivePack,
}
