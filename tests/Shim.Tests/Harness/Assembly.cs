// Containers are cheap, but the deadlines in these tests are real time.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
