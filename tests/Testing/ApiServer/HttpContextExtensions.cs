using Microsoft.AspNetCore.Http;

namespace Stromboli.Testing.ApiServer;

/// <summary>What a server does that misbehaves.</summary>
public static class HttpContextExtensions
{
    /// <summary>Answers nothing more, until the client hangs up.</summary>
    public static async Task UntilAbortedAsync(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }
}
