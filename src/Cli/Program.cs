using Stromboli.Cli.Commands;
using Stromboli.Cli.Output;

using var screen = Screen.OfProcess();

// Not Console.In: it changes the settings of a terminal as soon as it is touched (seen on .NET 10.0).
using var input = new StreamReader(Console.OpenStandardInput());
return await new CommandLine(new CliContext(screen, input, TimeProvider.System, ProgramName.OfProcess())).InvokeAsync(args);
