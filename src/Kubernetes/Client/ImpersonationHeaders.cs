using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>The headers that ask the API server to treat a request as another user's.</summary>
internal static class ImpersonationHeaders
{
    private const string Prefix = "Impersonate-";

    // What RFC 9110 allows in a header's name besides letters and digits. '%' is missing because the API server decodes it.
    private const string Marks = "!#$&'*+-.^_`|~";

    /// <summary>Whether a header is one of these.</summary>
    public static bool Has(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a header needs several lines, which only <see cref="HeaderLines"/> can write.</summary>
    public static bool NeedLines(Impersonation user) => user.Groups.Count > 1 || user.Extra.Values.Any(values => values.Count > 1);

    /// <summary>Adds the headers for a user.</summary>
    public static void Add(HttpRequestHeaders headers, Impersonation user)
    {
        headers.Add($"{Prefix}User", user.User);
        if (user.Uid is not null)
        {
            headers.Add($"{Prefix}Uid", user.Uid);
        }

        AddLines(headers, $"{Prefix}Group", user.Groups);
        foreach (var (name, values) in user.Extra)
        {
            AddLines(headers, $"{Prefix}Extra-{Escape(name)}", values);
        }
    }

    private static void AddLines(HttpRequestHeaders headers, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            headers.Add(name, string.Join($"{HeaderLines.Break}{name}: ", values));
        }
    }

    private static string Escape(string name)
    {
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            _ =
                char.IsAsciiLetterOrDigit((char)b) || Marks.Contains((char)b)
                    ? escaped.Append((char)b)
                    : escaped.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return escaped.ToString();
    }
}
