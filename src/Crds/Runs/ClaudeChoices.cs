namespace Stromboli.Crds.Runs;

/// <summary>The values of the enumerations in <see cref="ClaudeOptions"/>, as the CLI spells them.</summary>
public static class ClaudeChoices
{
    /// <summary>An effort.</summary>
    public const string Low = "low";

    /// <summary>An effort.</summary>
    public const string Medium = "medium";

    /// <summary>An effort.</summary>
    public const string High = "high";

    /// <summary>An effort.</summary>
    public const string XHigh = "xhigh";

    /// <summary>An effort.</summary>
    public const string Max = "max";

    /// <summary>Permission mode: edits of files need no permission.</summary>
    public const string AcceptEdits = "acceptEdits";

    /// <summary>Permission mode: a model decides what needs permission.</summary>
    public const string Auto = "auto";

    /// <summary>Permission mode: nothing needs permission.</summary>
    public const string BypassPermissions = "bypassPermissions";

    /// <summary>Permission mode: the CLI's default. Also a service tier: the provider's default.</summary>
    public const string Default = "default";

    /// <summary>Permission mode of some versions around 2.0.77.</summary>
    public const string Delegate = "delegate";

    /// <summary>Permission mode: what is not allowed is denied.</summary>
    public const string DontAsk = "dontAsk";

    /// <summary>Permission mode: the later name of <see cref="Default"/>.</summary>
    public const string Manual = "manual";

    /// <summary>Permission mode: the agent changes nothing.</summary>
    public const string Plan = "plan";

    /// <summary>Settings source: the agent's HOME.</summary>
    public const string User = "user";

    /// <summary>Settings source: the workspace.</summary>
    public const string Project = "project";

    /// <summary>Settings source: the workspace's local file.</summary>
    public const string Local = "local";

    /// <summary>A prompt caching time.</summary>
    public const string FiveMinutes = "5m";

    /// <summary>A prompt caching time.</summary>
    public const string OneHour = "1h";

    /// <summary>A service tier.</summary>
    public const string Flex = "flex";

    /// <summary>A service tier.</summary>
    public const string Priority = "priority";

    /// <summary>A format.</summary>
    public const string Text = "text";

    /// <summary>A format.</summary>
    public const string Json = "json";

    /// <summary>A format.</summary>
    public const string StreamJson = "stream-json";

    internal static readonly string[] Efforts = [Low, Medium, High, XHigh, Max];

    // All modes that any version of the CLI knows.
    internal static readonly string[] PermissionModes = [AcceptEdits, Auto, BypassPermissions, Default, Delegate, DontAsk, Manual, Plan];

    internal static readonly string[] SettingSources = [User, Project, Local];

    internal static readonly string[] CacheTtls = [FiveMinutes, OneHour];

    internal static readonly string[] ServiceTiers = [Default, Flex, Priority];

    internal static readonly string[] InputFormats = [Text, StreamJson];

    internal static readonly string[] OutputFormats = [Text, Json, StreamJson];
}
