using Microsoft.Extensions.Logging;
using Stromboli.PodmanBridge.Hosting;
using Stromboli.Telemetry.Logs;

namespace Stromboli.PodmanBridge.Tests.Hosting;

public sealed class BridgeLoggingTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData("Stromboli.PodmanBridge.Runs.NodeAttempts", LogLevel.Information, true)]
    public void Configure_WhatAgentsMakeAtWill_IsNotLogged(string category, LogLevel level, bool isLogged)
    {
        using var loggers = LoggerFactory.Create(logging => BridgeLogging.Configure(logging, LogFormat.Text));

        Assert.Equal(isLogged, loggers.CreateLogger(category).IsEnabled(level));
    }
}
