using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Testbed.Git;

/// <summary>One request answered by <c>git http-backend</c>, a CGI program (RFC 3875).</summary>
internal sealed class GitBackend(string root)
{
    // The server sends the content of the file "messages" of a repository before its packs.
    private const string Messages = "sh -c 'cat messages >&2 2>/dev/null; exec \"$@\"' messages";

    public async Task ServeAsync(HttpContext context)
    {
        using var process = Process.Start(Describe(context.Request)) ?? throw new InvalidOperationException("git could not be started.");
        try
        {
            var input = SendAsync(context, process);
            await AnswerAsync(context, process.StandardOutput.BaseStream);
            await input;
            await process.WaitForExitAsync(context.RequestAborted);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private ProcessStartInfo Describe(HttpRequest request)
    {
        // Hostile repositories are served unchanged, whoever owns them.
        var start = new ProcessStartInfo(
            "git",
            [
                "-c",
                "safe.directory=*",
                "-c",
                "uploadpack.allowAnySHA1InWant=true",
                "-c",
                $"uploadpack.packObjectsHook={Messages}",
                "-c",
                "http.receivepack=true",
                // What a run may not use is offered, so that it must be kept from it.
                "-c",
                "receive.advertisePushOptions=true",
                "-c",
                "receive.certNonceSeed=testbed",
                "http-backend",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["GIT_PROJECT_ROOT"] = Path.Combine(root, "repositories");
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["PATH_INFO"] = request.Path.Value;
        start.Environment["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?');
        start.Environment["REQUEST_METHOD"] = request.Method;
        start.Environment["CONTENT_TYPE"] = request.ContentType;
        if (request.ContentLength is { } length)
        {
            start.Environment["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture);
        }

        start.Environment["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding;
        start.Environment["GIT_PROTOCOL"] = request.Headers["Git-Protocol"];
        return start;
    }

    private static async Task SendAsync(HttpContext context, Process process)
    {
        try
        {
            await context.Request.Body.CopyToAsync(process.StandardInput.BaseStream, context.RequestAborted);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program answered without reading the whole request.
        }
    }

    private static async Task AnswerAsync(HttpContext context, Stream output)
    {
        while (await LineAsync(output, context.RequestAborted) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status")
            {
                context.Response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            }
            else
            {
                context.Response.Headers[name] = value;
            }
        }

        await output.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<string> LineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }
}
