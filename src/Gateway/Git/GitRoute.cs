namespace Stromboli.Gateway.Git;

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
