namespace Stromboli.Pipeline.Tests;

/// <summary>Texts that some program on the way may take for something else. <c>@@</c> stands for a mark by which a text is found again.</summary>
internal static class HostileTexts
{
    /// <summary>JSON of the API cannot hold half a surrogate pair; what is in memory can. These two stand for the halves.</summary>
    public const char HighHalf = '\uE000';

    /// <summary>See <see cref="HighHalf"/>.</summary>
    public const char LowHalf = '\uE001';

    public static readonly IReadOnlyList<string> All =
    [
        // Options, and values of options before them.
        "--@@", "-@@", "--", "-", "--model=@@", "-p", "--output-format=text", "--session-id=@@", "@@=--model", "=@@", "@@=",
        // What a shell, a template, a query or a log line would do something with.
        "$(touch /tmp/@@)", "`touch /tmp/@@`", "${HOME}@@", "$@@", "%@@", "%s%n@@", "{{@@}}", "{@@}", "@@; rm -rf /", "@@ && true", "@@|cat", "@@>x", "@@\"'\\", "'@@'", "\"@@\"", "\\@@", "@@ @@", " @@", "@@ ",
        "#@@", "@@,@@", "@@:@@", "~@@", "*@@", "@@?", "!@@",
        // Ends of strings, lines and records.
        "@@\0x", "\0@@", "@@\nx", "\n@@", "@@\r\nNAME=x", "@@\tx", "@@\u0001\u001b[31m", "@@\u007f\u0085\u2028\u2029", "@@\n---\nkind: Secret",
        // Paths.
        "/@@/../../etc/passwd", "../@@", "/..@@/x", "/@@/./x", "/@@//x/", "/proc/self/root/@@", "/dev/@@", "/run/stromboli/@@", "/opt/stromboli/@@", "/home/agent/@@", "/tmp/@@", "/@@", "@@/x", "//@@", "/home/agent/../@@",
        "/sys/@@", "/home", "/", "file:///@@",
        // Unicode.
        "@@é漢字🎉", "\u202e@@\u202c", "\u200b@@", "@@\ufeff", "@@\u0301", "\ufffe@@", "ＰＡＴＨ@@", "@@\uE000", "\uE001@@", "@@\uE001\uE000x",
        // JSON, also with hostile content.
        "{}", "[]", "null", "{\"@@\": \"$(x)\\u0000\\n--model=x\"}", "{\"mcpServers\": {\"@@\": {\"command\": \"--x\", \"args\": [\"\\u0000\"]}}}", "{\"@@\": {\"a\": 1}, \"a\": 2, \"a\": 3}", "{\"@@\": \"\\ud800\"}", "{\"\\ud800\": \"@@\"}", "{\"mcpServers\": {\"\\ud800\": {}}}",
        "{\"type\":\"\\ud800\",\"message\":{\"role\":\"\\udc00\",\"content\":\"@@\"}}", "{\"type\":\"user\",\"message\":{\"role\":\"\\ud800\",\"content\":\"@@\"}}",
        "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"@@\"}}", "{\"type\":\"control_request\",\"request\":\"@@\"}",
        // Names that are taken.
        "PATH", "Ld_Preload", "ANTHROPIC_API_KEY", "https_proxy", "@@_PROXY", "CLAUDE_@@", "A=@@",
        // Numbers, durations, quantities, references.
        "0", "-1", "1e309", "9223372036854775808", "NaN", "99999999999999999999h", "-5m", "1s\n", "1Ei", "-1Ki", "0x10", "docker-archive:/@@", "localhost/@@", "registry.test/@@:1", "registry.test/a@sha256:@@", "https://u:p@@.test/?q#f",
        "http://169.254.169.254/@@", "https://@@.test/a/../b",
        // Very long.
        new string('a', 300) + "@@", "@@" + new string('é', 40_000), "/" + string.Join('/', Enumerable.Repeat("x", 400)) + "/@@", "@@" + new string('\n', 10_000), new string('{', 300) + "@@",
    ];
}
