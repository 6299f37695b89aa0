namespace Stromboli.Crds.Runs;

/// <summary>The words that the enumerations of <see cref="ClaudeOptions"/> take, as the CLI spells them.</summary>
public static class ClaudeChoices
{
    /// <summary>Effort.</summary>
    public const string Low = "low";

    /// <summary>Effort.</summary>
    public const string Medium = "medium";

    /// <summary>Effort.</summary>
    public const string High = "high";

    /// <summary>Effort.</summary>
    public const string XHigh = "xhigh";

    /// <summary>Effort.</summary>
    public const string Max = "max";

    /// <summary>Permission mode: edits of files need no permission.</summary>
    public const string AcceptEdits = "acceptEdits";

    /// <summary>Permission mode: a model judges what needs permission.</summary>
    public const string Auto = "auto";

    /// <summary>Permission mode: nothing needs permission.</summary>
    public const string BypassPermissions = "bypassPermissions";

    /// <summary>Permission mode: the CLI's usual one; also the usual service tier.</summary>
    public const string Default = "default";

    /// <summary>Permission mode of some versions around 2.0.77.</summary>
    public const string Delegate = "delegate";

    /// <summary>Permission mode: what is not allowed is denied.</summary>
    public const string DontAsk = "dontAsk";

    /// <summary>Permission mode: the later name of <see cref="Default"/>.</summary>
    public const string Manual = "manual";

    /// <summary>Permission mode: nothing is changed.</summary>
    public const string Plan = "plan";

    /// <summary>Source of settings: the agent's HOME.</summary>
    public const string User = "user";

    /// <summary>Source of settings: the workspace.</summary>
    public const string Project = "project";

    /// <summary>Source of settings: the workspace's local file.</summary>
    public const string Local = "local";

    /// <summary>Prompt caching.</summary>
    public const string FiveMinutes = "5m";

    /// <summary>Prompt caching.</summary>
    public const string OneHour = "1h";

    /// <summary>Service tier.</summary>
    public const string Flex = "flex";

    /// <summary>Service tier.</summary>
    public const string Priority = "priority";

    /// <summary>Format.</summary>
    public const string Text = "text";

    /// <summary>Format.</summary>
    public const string Json = "json";

    /// <summary>Format.</summary>
    public const string StreamJson = "stream-json";

    internal static readonly string[] Efforts = [Low, Medium, High, XHigh, Max];

    // Those that some version of the CLI knows.
    internal static readonly string[] PermissionModes = [AcceptEdits, Auto, BypassPermissions, Default, Delegate, DontAsk, Manual, Plan];

    internal static readonly string[] SettingSources = [User, Project, Local];

    internal static readonly string[] CacheTtls = [FiveMinutes, OneHour];

    internal static readonly string[] ServiceTiers = [Default, Flex, Priority];

    internal static readonly string[] InputFormats = [Text, StreamJson];

    internal static readonly string[] OutputFormats = [Text, Json, StreamJson];
}
