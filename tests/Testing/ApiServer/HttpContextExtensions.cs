using Microsoft.AspNetCore.Http;

namespace Stromboli.Testing.ApiServer;

/// <summary>What a misbehaving server does.</summary>
public static class HttpContextExtensions
{
    /// <summary>Answers nothing more until the client closes the connection.</summary>
    public static async Task UntilAbortedAsync(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }
}
