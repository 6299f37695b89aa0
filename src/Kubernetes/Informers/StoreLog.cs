using Microsoft.Extensions.Logging;

namespace Stromboli.Kubernetes;

internal static partial class StoreLog
{
    [LoggerMessage(EventId = 10, Level = LogLevel.Error, Message = "A handler failed on a change of {Key}")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, NamespacedName key);
}
