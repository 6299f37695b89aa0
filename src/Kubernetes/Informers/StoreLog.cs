using Microsoft.Extensions.Logging;

namespace Stromboli.Kubernetes;

internal static partial class StoreLog
{
    [LoggerMessage(LogLevel.Error, "A handler failed on a change of {Key}")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, NamespacedName key);
}
