using Stromboli.Testbed.Commands;

return await CommandLine.RunAsync(args);
